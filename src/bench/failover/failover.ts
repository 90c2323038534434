import { PreflightError, UsageError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import { observeFaults } from "../../faults/active-faults.ts";
import { faultLines } from "../../faults/format.ts";
import { observeDevices } from "../../host/observe-devices.ts";
import { hasVlans } from "../../host/vlans.ts";
import type { NetworkHost } from "../../hosts/network-host.ts";
import type { Machines } from "../../nodes/machines.ts";
import { planServers } from "../../servers/plan.ts";
import { type Server, startServer } from "../../servers/server.ts";
import type { Host } from "../../system/host.ts";
import type { Note, Progress } from "../../system/progress.ts";
import { type Scenario, SILENT } from "./scenarios.ts";
import { settle } from "./settle.ts";
import { type Statistics, statistics } from "./statistics.ts";
import type { ProbeProgram } from "./stream.ts";
import { type Bench, runTrial, type Trial } from "./trial.ts";

export interface FailoverRequest {
  readonly fabric: Fabric;
  /** Those of the fabric's network. */
  readonly hosts: readonly NetworkHost[];
  readonly machines: Machines;
  readonly program: ProbeProgram;
  readonly scenarios: readonly Scenario[];
  /** Per scenario. */
  readonly trials: number;
  readonly perSecond: number;
  readonly interrupted?: AbortSignal;
  readonly progress: Progress;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly trials: readonly Trial[];
  /** Of the gaps. */
  readonly gapMs: Statistics | null;
}

export interface FailoverReport {
  readonly backend: string;
  readonly perSecond: number;
  readonly bfdIntervalMs: number;
  readonly results: readonly ScenarioResult[];
}

/** Time for the fabric to recover after a trial. */
const CONVERGENCE_TIMEOUT_MS = 120_000;
/** Limit on attempts for a trial to hit the stream. */
const ATTEMPTS = 5;

/**
 * Breaks elements while a server in one rack sends probes to one in another, and measures how long none arrives. Each
 * element is repaired after its trial; the servers are removed at the end, whatever happens.
 */
export async function measureFailover(host: Host, request: FailoverRequest): Promise<FailoverReport> {
  const { fabric, hosts, machines, program, perSecond, scenarios, progress } = request;
  const servers: Server[] = [];
  try {
    const pair = await progress.step(
      "Attach a server to each of two racks",
      (note) => plugIn(host, request, servers, note),
      (both) =>
        both.map(({ plan }) => `${plan.address} in rack ${plan.rack}, position ${plan.position}`).join("; "),
    );
    const bench: Bench = { host, hosts, machines, fabric, servers: pair, program, perSecond };
    const results: ScenarioResult[] = [];
    for (const scenario of scenarios) {
      const result = await progress.step(
        `Measure ${scenario}`,
        (note) => measure(bench, scenario, request, note),
        ({ gapMs }) => `p50 ${gapMs?.p50} ms, p95 ${gapMs?.p95} ms, max ${gapMs?.max} ms`,
      );
      results.push(result);
    }
    return { backend: machines.backend, perSecond, bfdIntervalMs: fabric.bfdIntervalMs, results };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/**
 * Attaches the servers.
 * @param servers filled with those that are attached, also if a later one fails.
 */
async function plugIn(
  host: Host,
  { fabric, hosts, machines, interrupted }: FailoverRequest,
  servers: Server[],
  note: Note,
): Promise<readonly [Server, Server]> {
  await checkBench(host, { hosts, fabric, machines });
  const devices = await observeDevices(host);
  const taken = new Set(devices.filter(({ carrier }) => carrier).map(({ name }) => name));
  const vlan = machines.vlans ? fabric.serverAccess.vlan : null;
  for (const plan of planServers(fabric, (tap) => !taken.has(tap))) {
    servers.push(await startServer(host, plan, vlan));
  }
  const [a, b] = servers;
  if (a === undefined || b === undefined) {
    throw new Error("the plan has no two servers");
  }
  await settle(host, machines, fabric, [a, b], settleOptions(interrupted, note));
  return [a, b];
}

async function measure(
  bench: Bench,
  scenario: Scenario,
  { trials, interrupted }: FailoverRequest,
  note: Note,
): Promise<ScenarioResult> {
  const { host, machines, fabric, servers } = bench;
  const settled = () =>
    settle(
      host,
      machines,
      fabric,
      servers,
      settleOptions(interrupted, () => {}),
    );
  const done: Trial[] = [];
  for (let number = 0; number < trials; number += 1) {
    interrupted?.throwIfAborted();
    done.push(await countedTrial(bench, scenario, number, settled));
    note(`${done.length} of ${trials}: ${done.at(-1)?.element}, ${done.at(-1)?.gapMs} ms`);
  }
  return { scenario, trials: done, gapMs: statistics(done.map((trial) => trial.gapMs)) };
}

function settleOptions(interrupted: AbortSignal | undefined, note: Note) {
  return {
    timeoutMs: CONVERGENCE_TIMEOUT_MS,
    ...(interrupted === undefined ? {} : { interrupted }),
    note,
  };
}

/**
 * Runs a trial that counts. A breakage without any signal always costs packets: a trial without loss missed the stream,
 * which changed its path at the last moment, and is repeated.
 */
async function countedTrial(
  bench: Bench,
  scenario: Scenario,
  number: number,
  settled: () => Promise<void>,
): Promise<Trial> {
  for (let attempt = 1; ; attempt += 1) {
    const trial = await runTrial(bench, scenario, number);
    await settled();
    if (trial.lost > 0 || !SILENT.includes(scenario)) {
      return trial;
    }
    if (attempt === ATTEMPTS) {
      throw new Error(`${ATTEMPTS} trials of ${scenario} in a row did not affect the stream`);
    }
  }
}

/**
 * Checks that the benchmark can run.
 * @throws UsageError if the fabric is not complete: gaps would have other causes.
 * @throws PreflightError if the host can't run servers.
 */
async function checkBench(
  host: Host,
  { hosts, fabric, machines }: Pick<FailoverRequest, "hosts" | "fabric" | "machines">,
): Promise<void> {
  const [faults, powers, bgpd, vlans] = await Promise.all([
    observeFaults(hosts, fabric, machines),
    Promise.all(fabric.nodes.map(({ name }) => machines.power(name))),
    host.stat("/usr/lib/frr/bgpd"),
    machines.vlans ? hasVlans(host) : true,
  ]);
  const off = fabric.nodes.filter((_, index) => powers[index]?.power !== "on").map(({ name }) => name);
  if (off.length > 0) {
    throw new UsageError(`not running: ${off.join(", ")}; run 'ikvswitch up'`);
  }
  const broken = faultLines(faults);
  if (broken.length > 0) {
    throw new UsageError(
      `the fabric has injected faults:\n  ${broken.join("\n  ")}\nRun 'ikvswitch up' to clear them`,
    );
  }
  const missing = [
    ...(bgpd === undefined
      ? [
          {
            what: "missing program: /usr/lib/frr/bgpd",
            why: "the benchmark's servers speak BGP with their leaves",
            fix: "apt install --no-install-recommends frr",
          },
        ]
      : []),
    ...(vlans
      ? []
      : [
          {
            what: "the host's kernel has no 802.1Q (module 8021q)",
            why: "leaves speak BGP with servers on a VLAN",
            fix: "modprobe 8021q, or use BACKEND=netns, which works without",
          },
        ]),
  ];
  if (missing.length > 0) {
    throw new PreflightError(missing);
  }
}
