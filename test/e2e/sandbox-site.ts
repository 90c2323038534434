import { createFabricSite, type FabricSite } from "./fabric-site.ts";

export interface SandboxSite extends FabricSite {
  /** Run a program in a switch, through its inside channel. */
  inside(node: string, ...words: readonly string[]): Promise<string>;
  /** Pids of the switches that run, by name. */
  pids(): Promise<Readonly<Record<string, number>>>;
  /** Everything that is left of sandboxes on this host: processes, and what is in the run directory. */
  leftovers(): Promise<string>;
}

/** A host of its own, whose switches are namespaces. */
export async function createSandboxSite(sets: readonly string[] = []): Promise<SandboxSite> {
  const site = await createFabricSite(["BACKEND=netns", ...sets]);
  const network = (await site.host.run("stat", ["-Lc", "%i", "/proc/self/ns/net"])).stdout.trim();
  return {
    ...site,
    inside: async (node, ...words) => (await site.ikvswitch(["exec", node, ...words])).stdout,
    pids: async () => {
      const { switches } = (await site.json(["status"], [0, 4])) as {
        readonly switches: readonly { readonly name: string; readonly pid: number | null }[];
      };
      return Object.fromEntries(switches.flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid]])));
    },
    leftovers: async () => {
      // 1: none.
      const processes = await site.host.run("pgrep", ["-a", "-f", `ikvswitch-sandbox ${network}`], {
        exitCodes: [0, 1],
      });
      const files = await site.host.run("find", ["/run", "-path", "*ikvswitch*"]);
      return processes.stdout + files.stdout;
    },
  };
}
