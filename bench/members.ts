import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { formatTable } from "../src/format/table.ts";
import type { FabricSite } from "../test/e2e/fabric-site.ts";
import { createMemberSite } from "../test/e2e/incus/member-site.ts";
import { machineName, spread, stepsOf, timed } from "./lib/figures.ts";

// `npm run bench:members`: from nothing to a converged fabric on three members of a cluster of Incus, its check, and back,
// RUNS times for each number of racks. The members are namespaces of this machine, and share its processors. Prints
// medians and writes everything to RESULT.

const RUNS = Number(process.env.RUNS ?? 3);
const RESULT = process.env.RESULT ?? "bench-members.json";
const RACKS = (process.env.RACKS ?? "3,16").split(",").map(Number);

interface Run {
  readonly racks: number;
  readonly switches: number;
  readonly upMs: number;
  readonly againMs: number;
  readonly checkMs: number;
  readonly downMs: number;
  readonly stepsMs: Readonly<Record<string, number>>;
  /** Of the machine, for each switch, while all run. */
  readonly memoryMiB: number;
}

it("measures fabrics on members", { timeout: RUNS * RACKS.length * 15 * 60_000 }, async () => {
  const { site, cluster, close } = await createMemberSite();
  const runs: Run[] = [];
  try {
    await site.ikvswitch(["trust", await cluster.token()]);
    for (const racks of RACKS) {
      // The first copies the image to the members, and makes the switches' keys.
      for (let run = 0; run <= RUNS; run += 1) {
        const one = await measure(site, racks);
        console.log(JSON.stringify(one));
        runs.push(...(run > 0 ? [one] : []));
      }
    }
  } finally {
    await close();
  }
  const machine = machineName();
  await writeFile(RESULT, `${JSON.stringify({ machine, runs }, null, 2)}\n`);
  console.log(`${machine}, ${RUNS} runs\n\n${table(runs)}\n\nAll in ${RESULT}`);
  expect(runs).toHaveLength(RUNS * RACKS.length);
});

async function measure(site: FabricSite, racks: number): Promise<Run> {
  const ikvswitch = (...words: string[]) =>
    timed(() => site.ikvswitch(["--set", `NUM_RACKS=${racks}`, ...words]));
  const before = await availableMiB();
  const up = await ikvswitch("up", "--timeout", "600");
  const memory = before - (await availableMiB());
  const again = await ikvswitch("up");
  await ikvswitch("check", "--wait", "120s");
  const check = await ikvswitch("check");
  const down = await ikvswitch("down");
  const switches = 2 * racks + 3;
  return {
    ...{ racks, switches, upMs: up.ms, againMs: again.ms, checkMs: check.ms, downMs: down.ms },
    stepsMs: stepsOf(up.value.stderr),
    memoryMiB: memory / switches,
  };
}

async function availableMiB(): Promise<number> {
  return Number(/^MemAvailable:\s+(\d+) kB/m.exec(await readFile("/proc/meminfo", "utf8"))?.[1]) / 1024;
}

function table(runs: readonly Run[]): string {
  const row = (what: string, digits: number, value: (run: Run) => number) => [
    what,
    ...RACKS.map((racks) => {
      const [median, min, max] = spread(runs.filter((run) => run.racks === racks).map(value), digits);
      return `${median} (${min}-${max})`;
    }),
  ];
  return formatTable(
    ["MEDIAN (MIN-MAX)", ...RACKS.map((racks) => `${racks} RACKS, ${2 * racks + 3} SWITCHES`)],
    [
      row("up, s", 1, ({ upMs }) => upMs / 1000),
      ...Object.keys(runs[0]?.stepsMs ?? {}).map((title) =>
        row(`  ${title}, s`, 1, ({ stepsMs }) => (stepsMs[title] ?? 0) / 1000),
      ),
      row("up again, s", 1, ({ againMs }) => againMs / 1000),
      row("check, s", 1, ({ checkMs }) => checkMs / 1000),
      row("down, s", 1, ({ downMs }) => downMs / 1000),
      row("memory of a switch, MiB", 1, ({ memoryMiB }) => memoryMiB),
    ],
  );
}
