import { expect, it } from "vitest";
import { formatTable } from "../src/format/table.ts";
import { createNetnsSite } from "../test/e2e/netns-site.ts";
import { createOrdinaryUser } from "../test/e2e/ordinary-user.ts";
import { machineName, medianOf } from "./lib/figures.ts";

// `npm run bench:rootless`: the shipped fabric of namespaces from nothing to converged and back, by root and by an
// ordinary user in turn, RUNS times each. Prints medians.

const RUNS = Number(process.env.RUNS ?? 5);
const RACKS = process.env.RACKS ?? "3";

interface Times {
  readonly up: number[];
  readonly down: number[];
}

it("measures an ordinary user's fabric beside root's", { timeout: RUNS * 10 * 60_000 }, async () => {
  const site = await createNetnsSite([`NUM_RACKS=${RACKS}`]);
  const user = await createOrdinaryUser(site.host, ["--set", "BACKEND=netns", "--set", `NUM_RACKS=${RACKS}`]);
  const all = { root: { up: [], down: [] } as Times, user: { up: [], down: [] } as Times };
  try {
    // The first run makes what is made once: the switches' keys.
    for (let run = 0; run <= RUNS; run += 1) {
      for (const [who, runner] of [
        ["root", site],
        ["user", user],
      ] as const) {
        for (const command of ["up", "down"] as const) {
          const started = performance.now();
          await runner.ikvswitch([command]);
          if (run > 0) {
            all[who][command].push(performance.now() - started);
          }
        }
      }
    }
  } finally {
    await user.ikvswitch(["down"]);
    await site.close();
    await user.close();
  }
  const row = (command: "up" | "down") => {
    const [root, own] = [medianOf(all.root[command]), medianOf(all.user[command])];
    return [command, ...[root, own].map((ms) => (ms / 1000).toFixed(2)), (own / root).toFixed(2)];
  };
  console.log(`${machineName()}, ${RACKS} racks, ${RUNS} runs, medians in s
${formatTable(["", "ROOT", "ORDINARY USER", "RATIO"], [row("up"), row("down")])}`);
  expect(all.user.up).toHaveLength(RUNS);
});
