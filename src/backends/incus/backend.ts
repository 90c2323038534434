import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import { trustedCluster } from "../../incus/connect.ts";
import type { Instance } from "../../incus/instances.ts";
import type { Host } from "../../system/host.ts";
import type { Backend, Presence } from "../model/backend.ts";
import { readClusterFile } from "./cluster-file.ts";
import { presentSwitches } from "./present-switches.ts";

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
    return clusterMachines(host, cluster, { runDir, file });
  },
  switchPorts,
  preflight: async (host, request) => (await import("./up.ts")).prepareClusterUp(host, request),
  compare: async (host, request) => (await import("./up.ts")).compareCluster(host, request),
  down: async (host, runDir, { onWarning }) =>
    (await import("./down.ts")).deleteContainers(host, runDir, onWarning),
  deleteOwed: async (host, owed, options) =>
    (await import("./down.ts")).deleteOwedContainers(host, owed, options),
  rendering: async (_, fabric) => ({ fabric, options: (await import("./prepare.ts")).CONTAINER_OPTIONS }),
  examine: async () => [],
  stateFiles: async () => [],
};

async function presence(host: Host, runDir: string): Promise<Presence> {
  const present = await presentSwitches(host, runDir);
  if (present === undefined) {
    return "absent";
  }
  const { switches, unreachable } = present;
  return unreachable.length > 0 || [...switches.values()].some(isOn) ? "running" : "stopped";
}

async function switchPorts(host: Host, runDir: string): Promise<SwitchPorts> {
  const present = await presentSwitches(host, runDir);
  const running = [...(present?.switches ?? [])].filter(([, instance]) => isOn(instance));
  return { kind: "veth", running: running.map(([node]) => node) };
}

/** A frozen one counts, and one whose member does not answer. */
function isOn({ status }: Instance): boolean {
  return status !== "Stopped";
}
