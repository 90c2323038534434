import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import { trustedCluster } from "../../incus/connect.ts";
import { type Instance, instances } from "../../incus/instances.ts";
import type { Host } from "../../system/host.ts";
import type { Backend, Presence } from "../model/backend.ts";
import { readClusterFile } from "./cluster-file.ts";
import { switchesOf } from "./names.ts";

/** Switches as containers on the members of an Incus or LXD cluster. */
export const incusBackend: Backend = {
  name: "incus",
  kind: "containers of a cluster",
  onMembers: true,
  observeMembers: async (host, settings) =>
    (await import("./observe-members.ts")).observeClusterMembers(host, settings),
  presence,
  nodes: async (host, runDir) => {
    const file = await readClusterFile(host, runDir);
    if (file === undefined) {
      return (await import("./no-machines.ts")).noMachines();
    }
    const { clusterMachines } = await import("./machines.ts");
    const cluster = await trustedCluster(host, { stateDir: file.stateDir, cluster: file });
    return clusterMachines(host, cluster, { runDir, vlans: file.vlans });
  },
  switchPorts,
  preflight: async (host, request) => (await import("./up.ts")).prepareClusterUp(host, request),
  compare: async (host, request) => (await import("./up.ts")).compareCluster(host, request),
  down: async (host, runDir, { onWarning }) =>
    (await import("./down.ts")).deleteContainers(host, runDir, onWarning),
  rendering: async (_, fabric) => ({ fabric, options: (await import("./prepare.ts")).CONTAINER_OPTIONS }),
  examine: async () => [],
  stateFiles: async () => [],
};

async function presence(host: Host, runDir: string): Promise<Presence> {
  const switches = await switchesIn(host, runDir);
  if (switches === undefined) {
    return "absent";
  }
  return [...switches.values()].some(isOn) ? "running" : "stopped";
}

async function switchPorts(host: Host, runDir: string): Promise<SwitchPorts> {
  const running = [...((await switchesIn(host, runDir)) ?? [])].filter(([, instance]) => isOn(instance));
  return { kind: "veth", running: running.map(([node]) => node) };
}

/** A frozen one counts, and one whose member does not answer. */
function isOn({ status }: Instance): boolean {
  return status !== "Stopped";
}

/** Returns them by their nodes' names; undefined if this run directory has none in a cluster. */
async function switchesIn(host: Host, runDir: string): Promise<ReadonlyMap<string, Instance> | undefined> {
  const file = await readClusterFile(host, runDir);
  if (file === undefined) {
    return undefined;
  }
  const cluster = await trustedCluster(host, { stateDir: file.stateDir, cluster: file });
  return switchesOf(await instances(cluster), runDir);
}
