import type { FabricSite } from "../../test/e2e/fabric-site.ts";
import { sum } from "./figures.ts";
import { cpuSecondsOf, memoryMiBOf } from "./processes.ts";

export interface SnapshotRun {
  /** The whole command, and of it how long the switches stood still. */
  readonly saveMs: number;
  readonly pausedMs: number;
  readonly diskMiB: number;
  /** From the command's start until all switches went on, and until it ended: sessions looked at, clocks set, BMCs up. */
  readonly runningMs: number;
  readonly restoreMs: number;
  /** Processor time of all emulators when it ended. */
  readonly cpuSeconds: number;
  readonly pssMiB: readonly number[];
  /** Sessions that the spines had at the save, and those of them that never went down. */
  readonly sessions: number;
  readonly kept: number;
}

/** Saves a running fabric of machines, and restores it to a host that has its network and no switch. */
export async function measureSnapshot(site: FabricSite): Promise<SnapshotRun> {
  const saving = Date.now();
  const saved = (await site.json(["snapshot", "save", "bench", "--force"])) as Pick<
    SnapshotRun,
    "pausedMs" | "diskMiB"
  >;
  const saveMs = Date.now() - saving;
  const before = await sessions(site);
  await site.ikvswitch(["down"]);
  await site.ikvswitch(["net", "start"]);
  const restoring = Date.now();
  const { runningMs } = (await site.json(["snapshot", "restore", "bench"]).catch(async (error) => {
    // What there was to see is gone with the site.
    console.error((await site.ikvswitch(["check"], [0, 1, 4])).stdout);
    throw error;
  })) as Pick<SnapshotRun, "runningMs">;
  const restoreMs = Date.now() - restoring;
  const pids = await emulators(site);
  const cpuSeconds = sum(await Promise.all(pids.map(cpuSecondsOf)));
  const pssMiB = await Promise.all(pids.map((pid) => memoryMiBOf(pid, "Pss")));
  const after = await sessions(site);
  const kept = Object.entries(before).filter(([port, count]) => after[port] === count).length;
  const { pausedMs, diskMiB } = saved;
  const count = Object.keys(before).length;
  return { saveMs, pausedMs, diskMiB, runningMs, restoreMs, cpuSeconds, pssMiB, sessions: count, kept };
}

/** How often each of the spines' sessions has come up. */
async function sessions(site: FabricSite): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const spine of ["spine1", "spine2"]) {
    const asked = ["vtysh", "-d", "bgpd", "-c", "show bgp ipv4 unicast summary json"];
    const { peers } = JSON.parse(await site.inside(spine, ...asked)) as {
      peers: Record<string, { connectionsEstablished: number; state: string }>;
    };
    for (const [port, { connectionsEstablished, state }] of Object.entries(peers)) {
      counts[`${spine} ${port}`] = state === "Established" ? connectionsEstablished : -1;
    }
  }
  return counts;
}

async function emulators(site: FabricSite): Promise<readonly number[]> {
  const { stdout } = await site.host.shell("cat /run/ikvswitch/nodes/*/run/qemu.pid");
  return stdout.trim().split("\n").map(Number);
}
