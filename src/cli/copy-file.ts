import { UsageError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { callersFileMode } from "../system/umask.ts";

/** Access to the files of switches or VMs, by their names. Each function throws UsageError for an unknown name. */
export interface RemoteFiles {
  pull(name: string, path: string): Promise<Uint8Array>;
  push(name: string, path: string, content: Uint8Array): Promise<void>;
}

/**
 * Copies a file between the host and a switch or VM.
 * @param words PATH on the host and NAME:PATH, in either order.
 * @throws UsageError if none or both are on the host.
 */
export async function copyFile(
  host: Host,
  words: { readonly from: string; readonly to: string },
  files: RemoteFiles,
): Promise<void> {
  const from = parseRemote(words.from);
  const to = parseRemote(words.to);
  if (from !== null && to === null) {
    const content = await files.pull(from.name, from.path);
    const isFolder = (await host.stat(words.to))?.isFolder ?? false;
    const path = targetPath(isFolder ? `${words.to}/` : words.to, from.path);
    await host.writeFile(path, content, callersFileMode());
  } else if (from === null && to !== null) {
    const content = await readSource(host, words.from);
    await files.push(to.name, targetPath(to.path, words.from), content);
  } else {
    throw new UsageError("exactly one of FROM and TO must be NAME:PATH, such as leaf3:/root/x");
  }
}

/** Parses `leaf3:/root/x`; null for a path on the host. */
function parseRemote(word: string): { readonly name: string; readonly path: string } | null {
  const match = /^([a-z][a-z0-9-]*):(\/.*)$/s.exec(word);
  return match?.[1] === undefined || match[2] === undefined ? null : { name: match[1], path: match[2] };
}

async function readSource(host: Host, path: string): Promise<Uint8Array> {
  if ((await host.stat(path))?.isFolder) {
    throw new UsageError(`${path} is a directory; cp copies single files`);
  }
  const content = await host.readBytes(path);
  if (content === undefined) {
    throw new UsageError(`no such file: ${path}`);
  }
  return content;
}

/** Like cp: a target that ends in a slash is a folder, into which the file goes under its own name. */
function targetPath(target: string, source: string): string {
  return target.endsWith("/") ? `${target}${source.slice(source.lastIndexOf("/") + 1)}` : target;
}
