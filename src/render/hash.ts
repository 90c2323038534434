import { sha256 } from "./sha256.ts";
import type { NodeFile } from "./types.ts";

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
    return [{ path, change }];
  });
}
