import { CommandError, TimeoutError } from "../../errors.ts";
import type { Machines, Patience } from "../../nodes/machines.ts";
import type { Host } from "../../system/host.ts";
import { nothingSeen, type Observation } from "../model/observation.ts";
import type { Query } from "../model/query.ts";
import { parseAnswer } from "./answer.ts";
import { queryCommand } from "./command.ts";

/** Timeouts of the host's query. */
const HOST_PATIENCE: Omit<Patience, "atOnce"> = { timeoutMs: 25_000, programSeconds: 8 };

/** Share of the time of `check --wait` that one answer may take, so that a slow host gets several attempts. */
const WAIT_SHARE = 4;

/** Returns time limits that are at least as long as these: whoever waits long for the fabric waits long for an answer. */
export function patienceWhileWaiting(patience: Patience, waitMs: number): Patience {
  const factor = Math.max(1, waitMs / WAIT_SHARE / patience.timeoutMs);
  return {
    ...patience,
    timeoutMs: Math.round(patience.timeoutMs * factor),
    programSeconds: Math.round(patience.programSeconds * factor),
  };
}

/**
 * Queries each of these switches once. A switch that is off or does not answer causes no error.
 * @param probeProgram text of `libexec/send-probes`, if the queries have probes.
 */
export async function queryNodes(
  machines: Machines,
  queries: ReadonlyMap<string, Omit<Query, "timeoutSeconds">>,
  probeProgram = "",
): Promise<ReadonlyMap<string, Observation>> {
  const waiting = [...queries];
  const results = new Map<string, Observation>();
  const queryNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, query] = next;
      results.set(name, await queryNode(machines, name, query, probeProgram));
    }
  };
  await Promise.all(Array.from({ length: machines.patience.atOnce }, queryNext));
  return results;
}

/**
 * Queries the host in the same way as the switches.
 * @throws CommandError if that fails in another way than by taking too long.
 */
export async function queryHost(
  host: Host,
  query: Omit<Query, "timeoutSeconds">,
  probeProgram: string,
  { timeoutMs, programSeconds }: Omit<Patience, "atOnce"> = HOST_PATIENCE,
): Promise<Observation> {
  const startedMs = performance.now();
  const command = queryCommand({ ...query, timeoutSeconds: programSeconds }, { library: "", probeProgram });
  try {
    const { stdout } = await host.run(command, { timeoutMs });
    return { observation: parseAnswer(stdout), unreachable: null, durationMs: performance.now() - startedMs };
  } catch (error) {
    if (error instanceof CommandError && error.end.timedOut === true) {
      const why = `too slow: no answer within ${timeoutMs / 1000} s`;
      const observation = nothingSeen(`this host is ${why}`);
      return { observation, unreachable: why, durationMs: performance.now() - startedMs };
    }
    throw error;
  }
}

async function queryNode(
  machines: Machines,
  name: string,
  query: Omit<Query, "timeoutSeconds">,
  probeProgram: string,
): Promise<Observation> {
  const { library, patience } = machines;
  const { timeoutMs, programSeconds } = patience;
  const startedMs = performance.now();
  const durationMs = () => performance.now() - startedMs;
  const unreachable = (why: string): Observation => ({
    observation: nothingSeen(`${name} is ${why}`),
    unreachable: why,
    durationMs: durationMs(),
  });
  try {
    if ((await machines.power(name)).power === "off") {
      return unreachable("off");
    }
    if (await machines.isFrozen(name)) {
      return unreachable("frozen");
    }
    const command = queryCommand({ ...query, timeoutSeconds: programSeconds }, { library, probeProgram });
    const { stdout } = await machines.exec(name, command, { timeoutMs, okExitCodes: "any" });
    return { observation: parseAnswer(stdout), unreachable: null, durationMs: durationMs() };
  } catch (error) {
    if (error instanceof TimeoutError) {
      return unreachable(`unreachable: no answer within ${timeoutMs / 1000} s`);
    }
    if (error instanceof CommandError) {
      const [said = ""] = error.stderr.trim().split("\n");
      return unreachable(`unreachable${said === "" ? "" : `: ${said}`}`);
    }
    throw error;
  }
}
