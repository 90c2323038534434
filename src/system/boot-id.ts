import type { Host } from "./host.ts";

/** Returns the ID that the host's kernel has until the next reboot. */
export async function readBootId(host: Host): Promise<string> {
  return ((await host.readFile(BOOT_ID_PATH)) ?? "").trim();
}

const BOOT_ID_PATH = "/proc/sys/kernel/random/boot_id";
