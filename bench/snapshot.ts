import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { expect, it } from "vitest";
import { formatTable } from "../src/format/table.ts";
import { buildImage, createFabricSite, type FabricSite } from "../test/e2e/fabric-site.ts";

// `npm run bench:snapshot`: a fabric of nine machines is saved, and restored to a host that has its network and no switch,
// RUNS times each in turn. Prints medians and writes everything to RESULT. ACCEL chooses the accelerator, as in the
// configuration, MEMORY_MIB the memory of each switch.

const RUNS = Number(process.env.RUNS ?? 10);
const RESULT = process.env.RESULT ?? "bench-snapshot.json";
const ACCEL = process.env.ACCEL ?? "auto";
const MEMORY_MIB = process.env.MEMORY_MIB ?? "256";

interface Run {
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

it("measures saving and restoring nine switches", { timeout: (RUNS + 2) * 10 * 60_000 }, async () => {
  await buildImage();
  const site = await createFabricSite([`ACCEL=${ACCEL}`, `SWITCH_MEMORY_MIB=${MEMORY_MIB}`]);
  const runs: Run[] = [];
  try {
    await site.ikvswitch(["up"]);
    for (let run = 0; run < RUNS; run += 1) {
      const one = await measure(site);
      runs.push(one);
      console.log(JSON.stringify(one));
    }
  } finally {
    await site.close();
  }
  const processors = cpus();
  const machine = `${processors.length} × ${processors[0]?.model ?? "?"}`;
  await writeFile(
    RESULT,
    `${JSON.stringify({ machine, accel: ACCEL, memoryMiB: MEMORY_MIB, runs }, null, 2)}\n`,
  );
  console.log(`${machine}, ACCEL=${ACCEL}, ${MEMORY_MIB} MiB each, ${RUNS} runs\n\n${table(runs)}`);
  expect(runs).toHaveLength(RUNS);
});

async function measure(site: FabricSite): Promise<Run> {
  const saving = Date.now();
  const saved = (await site.json(["snapshot", "save", "bench", "--force"])) as Pick<
    Run,
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
  })) as Pick<Run, "runningMs">;
  const restoreMs = Date.now() - restoring;
  const pids = await emulators(site);
  const cpuSeconds = (await Promise.all(pids.map(cpuOf))).reduce((sum, seconds) => sum + seconds, 0);
  const pssMiB = await Promise.all(pids.map(pssOf));
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

async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function pssOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) / 1024;
}

function table(runs: readonly Run[]): string {
  const row = (what: string, values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (place: number) => (sorted[Math.floor((sorted.length - 1) * place)] ?? Number.NaN).toFixed(2);
    return [what, at(0.5), at(0), at(1)];
  };
  const of = (value: (run: Run) => number) => runs.map(value);
  return formatTable(
    ["WHAT", "MEDIAN", "MIN", "MAX"],
    [
      row(
        "save, s",
        of(({ saveMs }) => saveMs / 1000),
      ),
      row(
        "of which switches were paused, s",
        of(({ pausedMs }) => pausedMs / 1000),
      ),
      row(
        "on the disk, MiB",
        of(({ diskMiB }) => diskMiB),
      ),
      row(
        "restore until all switches run, s",
        of(({ runningMs }) => runningMs / 1000),
      ),
      row(
        "restore until all is done, s",
        of(({ restoreMs }) => restoreMs / 1000),
      ),
      row(
        "processor time of all emulators, s",
        of(({ cpuSeconds }) => cpuSeconds),
      ),
      row(
        "PSS of a switch, MiB",
        runs.flatMap(({ pssMiB }) => pssMiB),
      ),
      row(
        "sessions that never went down, %",
        of(({ sessions, kept }) => (100 * kept) / sessions),
      ),
    ],
  );
}
