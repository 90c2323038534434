import type { Host } from "./host.ts";

/** Processor architecture of the host and its switches. */
export type Architecture = "x86_64" | "arm64";

export async function findArchitecture(host: Host): Promise<Architecture> {
  const machine = (await host.run({ file: "uname", args: ["-m"] })).stdout.trim();
  return machine === "aarch64" ? "arm64" : "x86_64";
}
