import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { formatTable } from "../src/format/table.ts";
import { buildImage, createFabricSite } from "../test/e2e/fabric-site.ts";
import { machineName, spread } from "./lib/figures.ts";
import { measureSnapshot, type SnapshotRun } from "./lib/snapshot-run.ts";

// `npm run bench:snapshot`: a fabric of nine machines is saved, and restored to a host that has its network and no switch,
// RUNS times each in turn. Prints medians and writes everything to RESULT. ACCEL chooses the accelerator, as in the
// configuration, MEMORY_MIB the memory of each switch.

const RUNS = Number(process.env.RUNS ?? 10);
const RESULT = process.env.RESULT ?? "bench-snapshot.json";
const ACCEL = process.env.ACCEL ?? "auto";
const MEMORY_MIB = process.env.MEMORY_MIB ?? "256";

it("measures saving and restoring nine switches", { timeout: (RUNS + 2) * 10 * 60_000 }, async () => {
  await buildImage();
  const site = await createFabricSite([`ACCEL=${ACCEL}`, `SWITCH_MEMORY_MIB=${MEMORY_MIB}`]);
  const runs: SnapshotRun[] = [];
  try {
    await site.ikvswitch(["up"]);
    for (let run = 0; run < RUNS; run += 1) {
      const one = await measureSnapshot(site);
      runs.push(one);
      console.log(JSON.stringify(one));
    }
  } finally {
    await site.close();
  }
  const machine = machineName();
  await writeFile(
    RESULT,
    `${JSON.stringify({ machine, accel: ACCEL, memoryMiB: MEMORY_MIB, runs }, null, 2)}\n`,
  );
  console.log(`${machine}, ACCEL=${ACCEL}, ${MEMORY_MIB} MiB each, ${RUNS} runs\n\n${table(runs)}`);
  expect(runs).toHaveLength(RUNS);
});

function table(runs: readonly SnapshotRun[]): string {
  const row = (what: string, values: readonly number[]) => [what, ...spread(values, 2)];
  const of = (value: (run: SnapshotRun) => number) => runs.map(value);
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
