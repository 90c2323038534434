import type { Host } from "./host.ts";

/** The processor that the host has, and so its switches. */
export type Architecture = "x86_64" | "arm64";

export async function findArchitecture(host: Host): Promise<Architecture> {
  const machine = (await host.run({ file: "uname", args: ["-m"] })).stdout.trim();
  return machine === "aarch64" ? "arm64" : "x86_64";
}
