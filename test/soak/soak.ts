import type { Fabric } from "../../src/fabric/types.ts";
import { pollUntil } from "../../src/system/poll.ts";
import type { FabricSite } from "../e2e/fabric-site.ts";
import { createNetnsSite } from "../e2e/netns-site.ts";
import { chooseAction, describeAction, type Surroundings } from "./actions.ts";
import { compareFootprints, type Footprint } from "./footprint.ts";
import { findGrowth, type ProcessSample } from "./growth.ts";
import { observeFootprint, sampleDaemons } from "./observe.ts";
import { type Bench, perform } from "./perform.ts";
import { seededRandom } from "./random.ts";

export interface SoakOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly maxActions: number;
  /** Called with a line for every action. */
  readonly say: (line: string) => void;
  /** No further action starts once this is aborted. */
  readonly signal: AbortSignal;
}

export interface SoakResult {
  readonly actions: number;
  /** Everything that exists more often than before. Empty if nothing leaked. */
  readonly leaks: readonly string[];
}

/** Few positions, since a rack's server ports only add links of the same kind. */
const SETTINGS = ["NUM_U=4"];
const CHECK_TIMEOUT = "90s";
const SETTLE_TIMEOUT_MS = 20_000;

/**
 * Injects random faults into a fabric, repairs and checks it, repeatedly. Then takes it down and searches for leaks.
 * @throws Error if the fabric is not as planned after an action, or differs from before
 */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const site = await createNetnsSite(SETTINGS);
  try {
    const before = await observeFootprint(site.host);
    const bench = await firstUpAndDown(site, options.say);
    await settle(site, before, "after the first down");
    await site.ikvswitch(["up"]);
    const { actions, samples } = await breakAndMend(bench, options);
    await site.ikvswitch(["down"]);
    await settle(site, before, "after the last down");
    return { actions, leaks: findGrowth(samples) };
  } finally {
    await site.close();
  }
}

async function firstUpAndDown(site: FabricSite, say: SoakOptions["say"]): Promise<Bench> {
  const upMs = await timed(() => site.ikvswitch(["up"]));
  const downMs = await timed(() => site.ikvswitch(["down"]));
  say(`up takes ${(upMs / 1000).toFixed(1)} s, down ${(downMs / 1000).toFixed(1)} s`);
  return { site, upMs, downMs };
}

async function breakAndMend(
  bench: Bench,
  { seed, durationMs, maxActions, say, signal }: SoakOptions,
): Promise<{ readonly actions: number; readonly samples: readonly (readonly ProcessSample[])[] }> {
  const { site } = bench;
  await assertAsPlanned(site);
  const running = await observeFootprint(site.host);
  const surroundings = await survey(site);
  const random = seededRandom(seed);
  const samples: (readonly ProcessSample[])[] = [];
  const deadline = Date.now() + durationMs;
  let actions = 0;
  while (Date.now() < deadline && actions < maxActions && !signal.aborted) {
    actions += 1;
    const action = chooseAction(random, surroundings);
    const words = `${actions}: ${describeAction(action)}`;
    say(words);
    try {
      const actionMs = await timed(() => perform(action, bench));
      const checkMs = await timed(() => assertAsPlanned(site));
      await settle(site, running, "with the fabric as planned again");
      say(
        `${actions}: done in ${(actionMs / 1000).toFixed(1)} s, as planned ${(checkMs / 1000).toFixed(1)} s later`,
      );
    } catch (error) {
      if (signal.aborted) {
        // The commands received Ctrl-C as well.
        say(`${actions}: interrupted`);
        return { actions: actions - 1, samples };
      }
      throw new Error(`action ${words} (seed ${seed})`, { cause: error });
    }
    samples.push(await sampleDaemons());
  }
  return { actions, samples };
}

/** Returns all switches, and the links between switches. */
async function survey(site: FabricSite): Promise<Surroundings> {
  const { nodes, links } = (await site.json(["plan"])) as Pick<Fabric, "nodes" | "links">;
  return {
    nodes: nodes.map(({ name }) => name),
    links: links.flatMap(({ bridge, interfaces: [a, b] }) =>
      a?.end.kind === "node" && b?.end.kind === "node"
        ? [{ a: a.end.node, b: b.end.node, bridge: bridge.name }]
        : [],
    ),
  };
}

async function assertAsPlanned(site: FabricSite): Promise<void> {
  await site.ikvswitch(["check", "--wait", CHECK_TIMEOUT]);
}

/** Waits until the host has its former footprint. */
async function settle(site: FabricSite, wanted: Footprint, when: string): Promise<void> {
  const what = `the host being as it was, ${when}`;
  await pollUntil({ what, timeoutMs: SETTLE_TIMEOUT_MS, intervalMs: 500 }, async () => {
    const differences = compareFootprints(wanted, await observeFootprint(site.host));
    return differences.length === 0
      ? { done: true, value: undefined }
      : { done: false, seen: differences.join("\n") };
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
