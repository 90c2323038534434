import type { Host } from "./host.ts";

/** Returns the number of processors of the host. */
export async function processors(host: Host): Promise<number> {
  return Math.max(1, Number((await host.run({ file: "nproc", args: [] })).stdout));
}
