import type { Host } from "./host.ts";

/** How many processors the host has. */
export async function processors(host: Host): Promise<number> {
  return Math.max(1, Number((await host.run({ file: "nproc", args: [] })).stdout));
}
