import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { DEFAULT_MARK } from "../src/fabric/mark.ts";
import { planFabric } from "../src/fabric/plan.ts";
import { formatTable } from "../src/format/table.ts";
import { changePhases } from "../src/host/commands.ts";
import { desiredNetwork } from "../src/host/desired.ts";
import { diffNetwork } from "../src/host/diff.ts";
import type { Action } from "../src/host/model/actions.ts";
import { configFrom } from "../test/fabric/config.ts";
import { bareHost, SETTINGS } from "../test/host/network.ts";
import { createSite, ikvswitch, type Namespace, projectPath } from "../test/integration/namespace.ts";
import { machineName, medianOf, spread } from "./lib/figures.ts";

// `npm run bench:net`: start and stop of the host network as whole commands, in a namespace of its own, next to what
// it could cost at best and at worst: the bare `ip -batch` of the same devices, and a shell script that runs ip once
// per line. All are run in turn, RUNS times. Prints medians and writes everything to RESULT.

const RUNS = Number(process.env.RUNS ?? 5);
const RESULT = process.env.RESULT ?? "bench-net.json";
const SIZES = [15, 23, 48];

/** Milliseconds by what was run; one entry per run. */
type Times = Record<Measure, number[]>;
type Measure = (typeof measures)[number];
const measures = [
  "node",
  "help",
  "start",
  "start again",
  "stop",
  "batch start",
  "batch stop",
  "script start",
  "script stop",
] as const;

interface Result {
  readonly numU: number;
  readonly devices: number;
  readonly times: Times;
}

it("measures starting and stopping the host network", { timeout: RUNS * 10 * 60_000 }, async () => {
  const site = await createSite();
  const results: Result[] = [];
  try {
    const nicKind = await kindOfNic(site.host);
    for (const numU of SIZES) {
      results.push(await measureSize(site.host, numU, nicKind));
    }
  } finally {
    await site.close();
  }
  const machine = machineName();
  await writeFile(RESULT, `${JSON.stringify({ machine, runs: RUNS, results }, null, 2)}\n`);
  console.log(
    `${machine}, ${RUNS} runs\n\n${timesTable(results)}\n\n${ratiosTable(results)}\n\nAll in ${RESULT}`,
  );
  expect(results).toHaveLength(SIZES.length);
});

async function measureSize(host: Namespace, numU: number, nicKind: string): Promise<Result> {
  const { create, remove } = bareLines(numU, nicKind);
  const batch = { input: `${create.join("\n")}\n` };
  const script = (lines: readonly string[]) => ({ input: lines.map((line) => `ip ${line}\n`).join("") });
  const size = ["--set", `NUM_U=${numU}`];
  const times: Times = Object.fromEntries(measures.map((name) => [name, []])) as unknown as Times;
  const time = async (name: Measure, work: () => Promise<unknown>) => {
    const startedMs = performance.now();
    await work();
    times[name].push(performance.now() - startedMs);
  };
  for (let run = 0; run < RUNS; run += 1) {
    await time("node", () => host.run(process.execPath, ["--eval", "0"]));
    await time("help", () => host.run(process.execPath, [projectPath("bin/ikvswitch"), "--help"]));
    await time("start", () => ikvswitch(host, ["start", ...size]));
    await time("start again", () => ikvswitch(host, ["start", ...size]));
    await time("stop", () => ikvswitch(host, ["stop", ...size]));
    await time("batch start", () => host.run("ip", ["-batch", "-"], batch));
    await time("batch stop", () => host.run("ip", ["link", "del", "group", `${DEFAULT_MARK.linkGroup}`]));
    await time("script start", () => host.run("sh", ["-e"], script(create)));
    await time("script stop", () => host.run("sh", ["-e"], script(remove)));
  }
  return { numU, devices: remove.length, times };
}

/** What the product hands to ip on a bare host, as one list; and the deletion of each device. */
function bareLines(numU: number, nicKind: string): { readonly create: string[]; readonly remove: string[] } {
  const fabric = planFabric(configFrom(`NUM_U=${numU}`));
  const desired = desiredNetwork(fabric, bareHost, SETTINGS);
  const phases = changePhases(fabric, diffNetwork(fabric, desired, bareHost), true);
  const create = phases.flatMap(({ actions }) => actions.flatMap((action) => linesForIp(action, nicKind)));
  return { create, remove: desired.devices.map(({ name }) => `link del ${name}`) };
}

function linesForIp(action: Action, nicKind: string): readonly string[] {
  const commands =
    action.kind === "run"
      ? [action.command]
      : action.kind === "run-first"
        ? action.alternatives.map(({ command }) => command)
        : [];
  const command = commands.find(
    ({ file, input }) =>
      file === "ip" && (commands.length === 1 || String(input).includes(`type ${nicKind}`)),
  );
  return String(command?.input ?? "")
    .split("\n")
    .filter((line) => line !== "");
}

/** The kind of device that this kernel has for the host's own interfaces. */
async function kindOfNic(host: Namespace): Promise<string> {
  const { exitCode } = await host.run("ip", ["link", "add", "probe", "type", "dummy"], {
    exitCodes: [0, 1, 2],
  });
  if (exitCode !== 0) {
    return "ifb";
  }
  await host.run("ip", ["link", "del", "probe"]);
  return "dummy";
}

function timesTable(results: readonly Result[]): string {
  return formatTable(
    ["MS: MEDIAN (MIN-MAX)", ...results.map(({ numU, devices }) => `NUM_U=${numU}, ${devices} DEVICES`)],
    measures.map((name) => [
      name,
      ...results.map(({ times }) => {
        const [median, min, max] = spread(times[name], 0);
        return `${median} (${min}-${max})`;
      }),
    ]),
  );
}

const ratios: readonly (readonly [string, (of: (name: Measure) => number) => number])[] = [
  ["start / (batch start + node)", (of) => of("start") / (of("batch start") + of("node"))],
  ["start / (batch start + our --help)", (of) => of("start") / (of("batch start") + of("help"))],
  ["stop / batch stop", (of) => of("stop") / of("batch stop")],
  ["script start / start", (of) => of("script start") / of("start")],
  ["script stop / stop", (of) => of("script stop") / of("stop")],
];

function ratiosTable(results: readonly Result[]): string {
  return formatTable(
    ["RATIO OF MEDIANS", ...results.map(({ numU }) => `NUM_U=${numU}`)],
    [
      ...ratios.map(([name, ratio]) => [
        name,
        ...results.map(({ times }) => ratio((measure) => medianOf(times[measure])).toFixed(2)),
      ]),
      ...(["start", "stop"] as const).map((name) => [
        `${name}, ms per device beyond --help`,
        ...results.map(({ times, devices }) =>
          ((medianOf(times[name]) - medianOf(times.help)) / devices).toFixed(2),
        ),
      ]),
    ],
  );
}
