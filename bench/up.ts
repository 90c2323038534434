import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { formatTable } from "../src/format/table.ts";
import { buildImage, createFabricSite, type FabricSite } from "../test/e2e/fabric-site.ts";
import { machineName, spread, sum } from "./lib/figures.ts";
import { cpuSecondsOf, memoryMiBOf } from "./lib/processes.ts";

// `npm run bench:up`: from nothing to a converged fabric of nine machines, RUNS times cold, warm and resumed from a warm
// fabric, in turn, so that whatever else the host does meets all. Image, warm bases and the warm fabric are made before.
// Prints medians and writes everything to RESULT. ACCEL chooses the accelerator, as in the configuration; BOOTS the ways,
// as in `BOOTS=warm,resumed`.

const RUNS = Number(process.env.RUNS ?? 10);
const RESULT = process.env.RESULT ?? "bench-up.json";
const ACCEL = process.env.ACCEL ?? "auto";
const MEMORY_MIB = process.env.MEMORY_MIB ?? "256";
const BOOTS = (process.env.BOOTS ?? "cold,warm,resumed").split(",");

interface Run {
  readonly boot: string;
  /** Whether all sessions were still up when `status` asked right afterwards. */
  readonly asPlanned: boolean;
  /** The whole command, until every session is up and every loopback answers. */
  readonly upMs: number;
  readonly downMs: number;
  /** Processor time of all emulators when `up` returned. */
  readonly cpuSeconds: number;
  readonly rssMiB: readonly number[];
  readonly pssMiB: readonly number[];
}

it("measures bringing nine switches up", { timeout: RUNS * BOOTS.length * 10 * 60_000 }, async () => {
  await buildImage();
  const site = await createFabricSite([`ACCEL=${ACCEL}`, `SWITCH_MEMORY_MIB=${MEMORY_MIB}`]);
  const runs: Run[] = [];
  try {
    // Makes the warm bases, and the warm fabric; not counted.
    for (const boot of BOOTS.filter((one) => one !== "cold")) {
      await measure(site, boot);
    }
    for (let run = 0; run < RUNS; run += 1) {
      for (const boot of BOOTS) {
        runs.push(await measure(site, boot));
      }
    }
  } finally {
    await site.close();
  }
  const machine = machineName();
  await writeFile(RESULT, `${JSON.stringify({ machine, accel: ACCEL, runs }, null, 2)}\n`);
  console.log(`${machine}, ACCEL=${ACCEL}, ${MEMORY_MIB} MiB each, ${RUNS} runs`);
  for (const boot of BOOTS) {
    const same = runs.filter((run) => run.boot === boot);
    console.log(`\n${boot}\n\n${table(same)}`);
  }
  expect(runs).toHaveLength(RUNS * BOOTS.length);
});

async function measure(site: FabricSite, boot: string): Promise<Run> {
  const started = Date.now();
  const options = boot === "resumed" ? "WARM_FABRIC_MAX_MIB=8192" : `BOOT=${boot}`;
  await site.ikvswitch(["up", "--set", options]);
  const upMs = Date.now() - started;
  const { switches, asPlanned } = (await site.json(["status"], [0, 4])) as {
    switches: { pid: number }[];
    asPlanned: boolean;
  };
  const pids = switches.map(({ pid }) => pid);
  const cpuSeconds = sum(await Promise.all(pids.map(cpuSecondsOf)));
  const [rssMiB, pssMiB] = await Promise.all([
    Promise.all(pids.map((pid) => memoryMiBOf(pid, "Rss"))),
    Promise.all(pids.map((pid) => memoryMiBOf(pid, "Pss"))),
  ]);
  const stopped = Date.now();
  await site.ikvswitch(["down"]);
  return { boot, asPlanned, upMs, downMs: Date.now() - stopped, cpuSeconds, rssMiB, pssMiB };
}

function table(runs: readonly Run[]): string {
  const row = (what: string, values: readonly number[]) => [what, ...spread(values, 1)];
  return formatTable(
    ["WHAT", "MEDIAN", "MIN", "MAX"],
    [
      row(
        "up, s",
        runs.map(({ upMs }) => upMs / 1000),
      ),
      row(
        "as planned right afterwards, %",
        runs.map(({ asPlanned }) => (asPlanned ? 100 : 0)),
      ),
      row(
        "down, s",
        runs.map(({ downMs }) => downMs / 1000),
      ),
      row(
        "processor time of all emulators, s",
        runs.map(({ cpuSeconds }) => cpuSeconds),
      ),
      row(
        "RSS of a switch, MiB",
        runs.flatMap(({ rssMiB }) => rssMiB),
      ),
      row(
        "PSS of a switch, MiB",
        runs.flatMap(({ pssMiB }) => pssMiB),
      ),
    ],
  );
}
