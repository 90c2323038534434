import { readFile } from "node:fs/promises";

/** Returns the seconds of processor time that a process has taken; 0 if it has ended. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const fields = await statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / 100 || 0;
}

export async function parentOf(pid: number): Promise<number> {
  return Number((await statFields(pid))[1]);
}

/** Returns the memory of a process in MiB; 0 if it has ended. */
export async function memoryMiBOf(pid: number, what: "Rss" | "Pss"): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? 0) / 1024;
}

/** The fields after the program's name (proc(5)); none if the process has ended. */
async function statFields(pid: number): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
