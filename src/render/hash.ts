import { sha256 } from "./sha256.ts";
import type { NodeFile } from "./types.ts";

/** Digests of a node's files, without their secrets: sufficient to tell later which files changed. */
export interface FileDigests {
  /** Digest of all files together: 64 hexadecimal digits. */
  readonly all: string;
  /** Digest of each file's mode and content, by path. */
  readonly byPath: Readonly<Record<string, string>>;
  /** Digest of the facts of the plan on which routing depends; absent if unknown. */
  readonly routing?: string;
}

export interface ChangedFile {
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
}

export function digestFiles(files: readonly NodeFile[]): FileDigests {
  const entries = files
    .map((file): [string, string] => [file.path, sha256(`${file.mode.toString(8)}\n${file.content}`)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const all = sha256(entries.map(([path, digest]) => `${digest}  ${path}\n`).join(""));
  return { all, byPath: Object.fromEntries(entries) };
}

/** Returns the files that differ, in the order of the paths. */
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
    return [{ path, change }];
  });
}
