import type { Host } from "./host.ts";

/** Returns the inode of this process's network namespace (namespaces(7)). */
export async function ownNetwork(host: Host): Promise<string> {
  const { stdout } = await host.run({
    file: "stat",
    args: ["--dereference", "--format=%i", "/proc/self/ns/net"],
  });
  return stdout.trim();
}
