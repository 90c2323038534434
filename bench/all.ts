import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { formatTable } from "../src/format/table.ts";
import { buildImage, createFabricSite, type FabricSite } from "../test/e2e/fabric-site.ts";
import { createNetnsSite, type NetnsSite } from "../test/e2e/netns-site.ts";
import { ROOMY } from "../test/fabric/config.ts";
import { machineName, spread, timed } from "./lib/figures.ts";
import { memoryMiBOf } from "./lib/processes.ts";
import { measureSnapshot } from "./lib/snapshot-run.ts";

// `npm run bench:all`: what users wait for most, RUNS times each, in one table beside its goals. It takes about half an
// hour on an idle host. The other benchmarks show where the time goes.

const RUNS = Number(process.env.RUNS ?? 5);
const RESULT = process.env.RESULT ?? "bench-all.json";
const LARGE = ["NUM_RACKS=64", ...ROOMY];

/** The lines of the table, in their order: what is measured, in which unit, and the goal. */
const LINES = {
  resumed: ["nine machines: `up` of a warm fabric, s", 6],
  cloned: ["nine machines: `up` of clones, s", null],
  cold: ["nine machines: `up`, booted, s", 40],
  check: ["nine machines: `check`, s", 4],
  status: ["nine machines: `status`, s", 0.4],
  pss: ["nine machines: memory of a clone (PSS), MiB", 100],
  running: ["restore of a snapshot: all switches run, s", 3],
  restored: ["restore of a snapshot: all done, s", 4],
  kept: ["restore of a snapshot: surviving sessions of 14", 14],
  netnsUp: ["nine namespaces: `up`, s", 2],
  netnsCheck: ["nine namespaces: `check`, s", 0.3],
  largeUp: ["64 racks of namespaces: `up`, s", 35],
  largeCheck: ["64 racks of namespaces: `check`, s", 10],
  largeDown: ["64 racks of namespaces: `down`, s", 10],
  help: ["`--help`, s", 0.15],
} as const;

type Line = keyof typeof LINES;
const results = new Map<Line, number[]>();

function record(line: Line, value: number): void {
  results.set(line, [...(results.get(line) ?? []), value]);
  console.log(`${LINES[line][0]}: ${value.toFixed(2)}`);
}

it("measures what users wait for", { timeout: RUNS * 30 * 60_000 }, async () => {
  await onNamespaces(["NUM_RACKS=3"], async (site, counts) => {
    const up = await secondsOf(site, ["up"]);
    // A check right after `up` waits for LLDP.
    await site.ikvswitch(["check", "--wait", "60s"]);
    const check = await secondsOf(site, ["check"]);
    if (counts) {
      record("netnsUp", up);
      record("netnsCheck", check);
      record("help", await secondsOf(site, ["--help"]));
    }
    await site.ikvswitch(["down"]);
  });
  await onMachines();
  await onNamespaces(LARGE, async (site, counts) => {
    const up = await secondsOf(site, ["up", "--timeout", "300"]);
    await site.ikvswitch(["check", "--wait", "120s"]);
    const check = await secondsOf(site, ["check"]);
    const down = await secondsOf(site, ["down"]);
    if (counts) {
      record("largeUp", up);
      record("largeCheck", check);
      record("largeDown", down);
    }
  });
  const machine = machineName();
  await writeFile(RESULT, `${JSON.stringify({ machine, runs: RUNS, results: [...results] }, null, 2)}\n`);
  console.log(`${machine}, ${RUNS} runs\n\n${table()}\n\nAll in ${RESULT}`);
  expect(results.size).toBe(Object.keys(LINES).length);
});

/** @param measure takes one run; the first one, which makes what is made once, does not count. */
async function onNamespaces(
  sets: readonly string[],
  measure: (site: NetnsSite, counts: boolean) => Promise<void>,
): Promise<void> {
  const site = await createNetnsSite([...sets]);
  try {
    for (let run = 0; run <= RUNS; run += 1) {
      await measure(site, run > 0);
    }
  } finally {
    await site.close();
  }
}

/** Boots, clones and resumes in turn, and restores a snapshot. */
async function onMachines(): Promise<void> {
  await buildImage();
  const site = await createFabricSite([]);
  const upSeconds = async (...sets: readonly string[]) =>
    secondsOf(site, ["up", ...sets.flatMap((set) => ["--set", set])]);
  try {
    // Makes the warm bases and the warm fabric.
    await upSeconds("BOOT=warm", "WARM_FABRIC_MAX_MIB=8192");
    await site.ikvswitch(["down"]);
    for (let run = 0; run < RUNS; run += 1) {
      record("cold", await upSeconds("BOOT=cold", "WARM_FABRIC_MAX_MIB=0"));
      await site.ikvswitch(["down"]);
      record("cloned", await upSeconds("BOOT=warm", "WARM_FABRIC_MAX_MIB=0"));
      await measureRunning(site);
      await site.ikvswitch(["down"]);
      record("resumed", await upSeconds("BOOT=warm", "WARM_FABRIC_MAX_MIB=8192"));
      await site.ikvswitch(["down"]);
    }
    await upSeconds("BOOT=warm", "WARM_FABRIC_MAX_MIB=0");
    for (let run = 0; run < RUNS; run += 1) {
      const { runningMs, restoreMs, kept } = await measureSnapshot(site);
      record("running", runningMs / 1000);
      record("restored", restoreMs / 1000);
      record("kept", kept);
    }
  } finally {
    await site.close();
  }
}

async function measureRunning(site: FabricSite): Promise<void> {
  await site.ikvswitch(["check", "--wait", "120s"]);
  record("check", await secondsOf(site, ["check"]));
  const { value, ms } = await timed(() => site.json(["status"]));
  record("status", ms / 1000);
  for (const { pid } of (value as { readonly switches: readonly { readonly pid: number }[] }).switches) {
    record("pss", await memoryMiBOf(pid, "Pss"));
  }
}

async function secondsOf(site: FabricSite | NetnsSite, words: string[]): Promise<number> {
  return (await timed(() => site.ikvswitch(words))).ms / 1000;
}

function table(): string {
  const rows = [...results].map(([line, values]) => {
    const [what, goal] = LINES[line];
    return [what, ...spread(values, 2), goal === null ? null : String(goal)];
  });
  return formatTable(["WHAT", "MEDIAN", "MIN", "MAX", "GOAL"], rows);
}
