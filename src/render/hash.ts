import { FRR_CONF } from "./render.ts";
import { sha256 } from "./sha256.ts";
import type { NodeFile } from "./types.ts";

/**
 * The least that makes a running switch follow a changed file, from mild to harsh:
 * - `copy`: whoever needs the file reads it anew
 * - `apply`: something reads it once, and can do so again without harm (sysctls, host name, password)
 * - `service`: a daemon reads it again or is restarted; routing goes on
 * - `frr-reload`: the difference is given to FRR; sessions that it doesn't touch stay up
 * - `reboot`: it only counts at boot
 */
export const CHANGE_KINDS = ["copy", "apply", "service", "frr-reload", "reboot"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** What a node's files were, without their secrets: enough to tell later what changed. */
export interface FileDigests {
  /** Of all files together: 64 hexadecimal digits. */
  readonly all: string;
  /** Of each file's mode and content, by path. */
  readonly byPath: Readonly<Record<string, string>>;
  /** Of the plan's facts that routing rests on; absent where that is not known. */
  readonly routing?: string;
}

export interface ChangedFile {
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
  readonly kind: ChangeKind;
}

export function digestFiles(files: readonly NodeFile[]): FileDigests {
  const entries = files
    .map((file): [string, string] => [file.path, sha256(`${file.mode.toString(8)}\n${file.content}`)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const all = sha256(entries.map(([path, digest]) => `${digest}  ${path}\n`).join(""));
  return { all, byPath: Object.fromEntries(entries) };
}

/** What differs, in the order of the paths. */
export function compareDigests(before: FileDigests, after: FileDigests): readonly ChangedFile[] {
  if (before.all === after.all) {
    return [];
  }
  const paths = [...new Set([...Object.keys(before.byPath), ...Object.keys(after.byPath)])].sort();
  return paths.flatMap((path) => {
    const was = before.byPath[path];
    const is = after.byPath[path];
    if (was === is) {
      return [];
    }
    const change = was === undefined ? "added" : is === undefined ? "removed" : "changed";
    return [{ path, change, kind: changeKindOf(path) }];
  });
}

/** The harshest that any of the changes needs; null for none. */
export function harshestChange(changes: readonly ChangedFile[]): ChangeKind | null {
  const ranks = changes.map(({ kind }) => CHANGE_KINDS.indexOf(kind));
  return CHANGE_KINDS[Math.max(...ranks)] ?? null;
}

/** What a change of the file at this path takes. Agrees with guest/common/apply, which runs inside the switches. */
export function changeKindOf(path: string): ChangeKind {
  return (
    KIND_OF_PATH.find(({ start }) => path === start || (start.endsWith("/") && path.startsWith(start)))
      ?.kind ?? "copy"
  );
}

/** The first that fits counts; a trailing slash stands for all in a folder. */
const KIND_OF_PATH: readonly { readonly start: string; readonly kind: ChangeKind }[] = [
  { start: "/etc/ikvswitch/nics", kind: "reboot" },
  { start: "/etc/ikvswitch/network.batch", kind: "reboot" },
  { start: "/etc/ikvswitch/bridge.batch", kind: "reboot" },
  { start: "/etc/ikvswitch/modules", kind: "reboot" },
  { start: "/etc/frr/daemons", kind: "reboot" },
  { start: FRR_CONF, kind: "frr-reload" },
  { start: "/etc/ssh/ssh_known_hosts", kind: "copy" },
  { start: "/etc/ssh/", kind: "service" },
  { start: "/etc/lldpd.d/", kind: "service" },
  { start: "/etc/kea/", kind: "service" },
  { start: "/etc/ikvswitch/root.hash", kind: "apply" },
  { start: "/etc/hostname", kind: "apply" },
  { start: "/etc/sysctl.d/", kind: "apply" },
];
