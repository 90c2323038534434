import { readdir, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { formatTable } from "../src/format/table.ts";
import { createNetnsSite, type NetnsSite } from "../test/e2e/netns-site.ts";
import { ROOMY } from "../test/fabric/config.ts";
import { machineName, spread, stepsOf, sum, timed } from "./lib/figures.ts";
import { cpuSecondsOf, memoryMiBOf, parentOf } from "./lib/processes.ts";

// `npm run bench:netns`: from nothing to a converged fabric of namespaces, its status and its check, and back, RUNS times
// for each number of racks. Prints medians and writes everything to RESULT. RACKS=64 RUNS=3: the largest fabric.

const RUNS = Number(process.env.RUNS ?? 5);
const RESULT = process.env.RESULT ?? "bench-netns.json";
const RACKS = (process.env.RACKS ?? "3,16").split(",").map(Number);

interface Run {
  /** The whole command, until every session is up and every loopback answers. */
  readonly upMs: number;
  readonly statusMs: number;
  readonly checkMs: number;
  readonly downMs: number;
  /** What each step of `up` says that it took. */
  readonly stepsMs: Readonly<Record<string, number>>;
  /** Memory of all processes of a switch, one entry for each. */
  readonly pssMiB: readonly number[];
  /** Processor time of all switches when `up` returned. */
  readonly cpuSeconds: number;
}

interface Size {
  readonly racks: number;
  readonly runs: readonly Run[];
}

it("measures bringing namespaces up", { timeout: RUNS * 10 * 60_000 }, async () => {
  const sizes: Size[] = [];
  for (const racks of RACKS) {
    sizes.push({ racks, runs: await measureSize(racks) });
  }
  const machine = machineName();
  await writeFile(RESULT, `${JSON.stringify({ machine, sizes }, null, 2)}\n`);
  console.log(`${machine}, ${RUNS} runs\n\n${table(sizes)}\n\nAll in ${RESULT}`);
  expect(sizes).toHaveLength(RACKS.length);
});

/** Racks for which the shipped networks and AS numbers suffice. */
const SHIPPED_ROOM = 16;

async function measureSize(racks: number): Promise<readonly Run[]> {
  const site = await createNetnsSite([...(racks > SHIPPED_ROOM ? ROOMY : []), `NUM_RACKS=${racks}`]);
  const runs: Run[] = [];
  try {
    // The first makes what is made once: the switches' keys.
    for (let run = 0; run <= RUNS; run += 1) {
      runs.push(await measure(site));
    }
  } finally {
    await site.close();
  }
  return runs.slice(1);
}

async function measure(site: NetnsSite): Promise<Run> {
  const up = await timed(() => site.ikvswitch(["up", "--timeout", "300"]));
  const switches = await processesOf(Object.values(await site.pids()));
  const [pssMiB, cpuSeconds] = await Promise.all([
    Promise.all(
      switches.map(async (pids) => sum(await Promise.all(pids.map((pid) => memoryMiBOf(pid, "Pss"))))),
    ),
    Promise.all(switches.flat().map(cpuSecondsOf)).then(sum),
  ]);
  const status = await timed(() => site.ikvswitch(["status"]));
  const check = await timed(() => site.ikvswitch(["check"]));
  const down = await timed(() => site.ikvswitch(["down"]));
  return {
    upMs: up.ms,
    statusMs: status.ms,
    checkMs: check.ms,
    downMs: down.ms,
    stepsMs: stepsOf(up.value.stderr),
    pssMiB,
    cpuSeconds,
  };
}

/** Each of these processes with all that are below it. */
async function processesOf(firsts: readonly number[]): Promise<readonly (readonly number[])[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)));
  const below = (pid: number): readonly number[] => [
    pid,
    ...pids.filter((child) => parents.get(child) === pid).flatMap(below),
  ];
  return firsts.map(below);
}

function table(sizes: readonly Size[]): string {
  const titles = Object.keys(sizes[0]?.runs[0]?.stepsMs ?? {});
  const row = (what: string, digits: number, values: (run: Run) => readonly number[]) => [
    what,
    ...sizes.map(({ runs }) => {
      const [median, min, max] = spread(runs.flatMap(values), digits);
      return `${median} (${min}-${max})`;
    }),
  ];
  return formatTable(
    ["MEDIAN (MIN-MAX)", ...sizes.map(({ racks }) => `${racks} RACKS`)],
    [
      row("up, s", 2, ({ upMs }) => [upMs / 1000]),
      ...titles.map((title) => row(`  ${title}, s`, 2, ({ stepsMs }) => [(stepsMs[title] ?? 0) / 1000])),
      row("status, s", 2, ({ statusMs }) => [statusMs / 1000]),
      row("check, s", 2, ({ checkMs }) => [checkMs / 1000]),
      row("down, s", 2, ({ downMs }) => [downMs / 1000]),
      row("processor time of all switches, s", 2, ({ cpuSeconds }) => [cpuSeconds]),
      row("PSS of a switch, MiB", 1, ({ pssMiB }) => pssMiB),
    ],
  );
}
