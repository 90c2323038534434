import type { Host } from "./host.ts";

/** Returns the memory that programs can still take on this host, in MiB; null if /proc/meminfo does not say. */
export async function availableMemoryMiB(host: Host): Promise<number | null> {
  return memoryMiB((await host.readFile("/proc/meminfo")) ?? "", "MemAvailable");
}

/** Returns a value of /proc/meminfo (proc(5)) in MiB; null if it is missing. */
export function memoryMiB(meminfo: string, name: "MemTotal" | "MemAvailable"): number | null {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1];
  return kibibytes === undefined ? null : Math.floor(Number(kibibytes) / 1024);
}
