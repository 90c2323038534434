import type { Host } from "../system/host.ts";

/** What a process has used. */
export interface ProcessUse {
  /** When it was observed, by our process's clock. */
  readonly atMs: number;
  readonly cpuMs: number;
  readonly residentMiB: number;
}

/** Units of /proc/PID/stat (proc(5)): clock ticks of 10 ms, pages of 4 KiB. */
const TICK_MS = 10;
const PAGES_PER_MIB = 256;

/** Undefined if there is no such process. */
export async function processUse(host: Host, pid: number | undefined): Promise<ProcessUse | undefined> {
  const text =
    pid === undefined ? undefined : await host.readFile(`/proc/${pid}/stat`).catch(() => undefined);
  // The name in parentheses may contain blanks.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [user, system, pages] = [fields?.[11], fields?.[12], fields?.[21]].map(Number);
  return user === undefined || system === undefined || pages === undefined || Number.isNaN(user)
    ? undefined
    : {
        atMs: performance.now(),
        cpuMs: (user + system) * TICK_MS,
        residentMiB: Math.round(pages / PAGES_PER_MIB),
      };
}
