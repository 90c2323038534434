import { CommandError } from "../../errors.ts";
import type { Cluster } from "../../incus/client.ts";
import { clusterState } from "../../incus/cluster-state.ts";
import {
  changeState,
  findInstance,
  type Instance,
  instanceState,
  type StateChange,
} from "../../incus/instances.ts";
import type { Machines } from "../../nodes/machines.ts";
import type { Host } from "../../system/host.ts";
import { PROGRAM_FOLDER } from "../model/guest-files.ts";
import { type ClusterFile, instanceOf, stateRequest } from "./cluster-file.ts";
import { insideContainers } from "./inside.ts";

/** Returns the switches as containers of a cluster. */
export function clusterMachines(
  host: Host,
  cluster: Cluster,
  { runDir, file }: { readonly runDir: string; readonly file: ClusterFile },
): Machines {
  const nameOf = (node: string) => instanceOf(file, runDir, node);
  const lost: NonNullable<Machines["lost"]> = async (nodes) => {
    const { members } = await clusterState(cluster, { ...stateRequest(file), maxAgeMs: LOST_MS });
    return new Map(
      nodes.flatMap((node) => {
        const state = members.find(({ name }) => name === file.switches?.[node]?.member);
        return state === undefined || state.isUsable
          ? []
          : [[node, { member: state.name, isDown: !state.answers }] as const];
      }),
    );
  };
  const isLost = async (node: string) => (await lost([node])).size > 0;
  const change = (node: string, what: StateChange) => changeState(cluster, nameOf(node), what);
  const existing = async (node: string): Promise<Instance> => {
    const found = await findInstance(cluster, nameOf(node));
    if (found === undefined) {
      throw new CommandError(`start ${node}`, undefined, `${node} does not exist: run 'ikvswitch up'`);
    }
    return found;
  };
  const isOn = async (node: string) => (await findInstance(cluster, nameOf(node)))?.status !== "Stopped";
  const start = async (node: string) => {
    if ((await existing(node)).status === "Stopped") {
      await change(node, { action: "start" });
    }
  };
  const stop: Machines["stop"] = async (node, { graceMs }) => stopContainer(cluster, nameOf(node), graceMs);
  const running = async (node: string) => {
    if (!(await isOn(node))) {
      throw new CommandError(`power of ${node}`, undefined, `${node} is off`);
    }
  };
  return {
    backend: "incus",
    patience: { atOnce: 16, timeoutMs: 40_000, programSeconds: 15 },
    library: PROGRAM_FOLDER,
    vlans: file.vlans,
    ...insideContainers(host, cluster, { nameOf, lost }),
    lost,
    power: async (node) => {
      if ((await isLost(node)) || (await findInstance(cluster, nameOf(node))) === undefined) {
        return { power: "off" };
      }
      const { status, pid, startedMs } = await instanceState(cluster, nameOf(node));
      const uptimeSeconds = startedMs === undefined ? 0 : Math.max(0, (Date.now() - startedMs) / 1000);
      return status === "Stopped" ? { power: "off" } : { power: "on", pid, uptimeSeconds };
    },
    assertStartable: async (node) => {
      await existing(node);
    },
    start,
    stop,
    cutPower: async (node) => {
      await stop(node, { graceMs: 0 });
    },
    pressPowerButton: async (node) => {
      await running(node);
      await change(node, { action: "stop", graceMs: BUTTON_MS });
    },
    reset: async (node) => {
      await running(node);
      await stop(node, { graceMs: 0 });
      await start(node);
    },
    freeze: (node) => change(node, { action: "freeze" }),
    thaw: (node) => change(node, { action: "unfreeze" }),
    isFrozen: async (node) =>
      !(await isLost(node)) && (await findInstance(cluster, nameOf(node)))?.status === "Frozen",
    // The inner ends of veth pairs follow the carrier of the members' ends.
    setCarrier: async () => {},
  };
}

/** Longer than a command that looks at everything once. */
const LOST_MS = 30_000;
const BUTTON_MS = 30_000;

async function stopContainer(cluster: Cluster, name: string, graceMs: number) {
  const found = await findInstance(cluster, name);
  if (found === undefined || found.status === "Stopped") {
    return "was off";
  }
  if (found.status === "Frozen") {
    await changeState(cluster, name, { action: "unfreeze" });
  }
  if (graceMs > 0) {
    try {
      await changeState(cluster, name, { action: "stop", graceMs });
      return "clean";
    } catch (error) {
      if ((await findInstance(cluster, name))?.status === "Stopped") {
        return "clean";
      }
      if (!(error instanceof CommandError)) {
        throw error;
      }
    }
  }
  await changeState(cluster, name, { action: "stop", force: true });
  return graceMs > 0 ? "forced" : "clean";
}
