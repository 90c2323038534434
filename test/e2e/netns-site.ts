import { createFabricSite, type FabricSite } from "./fabric-site.ts";

export interface NetnsSite extends FabricSite {
  /** Lists the remains of netns on this host: processes, and files in the run directory. */
  leftovers(): Promise<string>;
}

/** Creates a host whose switches are namespaces. */
export async function createNetnsSite(sets: readonly string[] = []): Promise<NetnsSite> {
  const site = await createFabricSite(["BACKEND=netns", ...sets]);
  const network = (await site.host.run("stat", ["-Lc", "%i", "/proc/self/ns/net"])).stdout.trim();
  return {
    ...site,
    leftovers: async () => {
      // Exit code 1: no process.
      const processes = await site.host.run("pgrep", ["-a", "-f", `ikvswitch-sandbox ${network}`], {
        exitCodes: [0, 1],
      });
      const files = await site.host.run("find", ["/run", "-path", "*ikvswitch*"]);
      return processes.stdout + files.stdout;
    },
  };
}
