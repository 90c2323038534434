import type { Host } from "./host.ts";

/** Returns the paths of all regular files below a folder, relative to it and sorted. */
export async function listFiles(host: Host, folder: string): Promise<readonly string[]> {
  const { stdout } = await host.run({ file: "find", args: [folder, "-type", "f", "-printf", "%P\\n"] });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}
