import { readUsersFile } from "../../qemu/users-file.ts";
import type { Host } from "../../system/host.ts";
import type { NodeFolder } from "./node-folder.ts";

const TAIL_LINES = 15;

/** Returns the last lines of the node's serial console. */
export async function consoleTail(host: Host, folder: NodeFolder): Promise<string> {
  const lines = await consoleLines(host, folder);
  return lines.length === 0 ? "(console log is empty)" : lines.slice(-TAIL_LINES).join("\n");
}

/**
 * Returns the console lines that led to a kernel panic; null if the kernel has not panicked, or the VM has booted
 * since. A panicked kernel writes nothing more, so after another boot the last lines differ.
 */
export async function panicReport(host: Host, folder: NodeFolder): Promise<string | null> {
  const lines = await consoleLines(host, folder);
  if (lines.at(-1)?.includes("---[ end Kernel panic") !== true) {
    return null;
  }
  const start = lines.findLastIndex((line) => line.includes("] Kernel panic - not syncing"));
  // The kernel's trace follows that line; the cause precedes it.
  return lines.slice(Math.max(0, start - TAIL_LINES), start + 1).join("\n");
}

async function consoleLines(host: Host, folder: NodeFolder): Promise<readonly string[]> {
  const said =
    (await readUsersFile(host, folder.console)) ?? (await readUsersFile(host, folder.consoleLink)) ?? "";
  const text = said.replaceAll("\r", "").trimEnd();
  return text === "" ? [] : text.split("\n");
}
