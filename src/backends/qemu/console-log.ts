import type { Host } from "../../system/host.ts";
import type { NodeFolder } from "./node-folder.ts";
import { readUsersFile } from "./users-file.ts";

const TAIL_LINES = 15;

/** The last lines that the node's serial console showed. */
export async function consoleTail(host: Host, folder: NodeFolder): Promise<string> {
  const lines = await consoleLines(host, folder);
  return lines.length === 0 ? "(console log is empty)" : lines.slice(-TAIL_LINES).join("\n");
}

/**
 * What led to the kernel's panic, if the machine has stood still since: a kernel that panicked writes nothing
 * more, so one that booted again after it has other last lines.
 */
export async function panicReport(host: Host, folder: NodeFolder): Promise<string | null> {
  const lines = await consoleLines(host, folder);
  if (lines.at(-1)?.includes("---[ end Kernel panic") !== true) {
    return null;
  }
  const start = lines.findLastIndex((line) => line.includes("] Kernel panic - not syncing"));
  // Below it is a trace of the kernel's own; the reason stands above it.
  return lines.slice(Math.max(0, start - TAIL_LINES), start + 1).join("\n");
}

async function consoleLines(host: Host, folder: NodeFolder): Promise<readonly string[]> {
  const said =
    (await readUsersFile(host, folder.console)) ?? (await readUsersFile(host, folder.consoleLink)) ?? "";
  const text = said.replaceAll("\r", "").trimEnd();
  return text === "" ? [] : text.split("\n");
}
