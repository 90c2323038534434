import { parseArgs } from "node:util";
import { InterruptedError } from "../../src/errors.ts";
import { enterProcessNamespace } from "../process-namespace.ts";
import { soak } from "./soak.ts";

const USAGE = `usage: npm run soak -- [--minutes N] [--actions N] [--seed S]

Break a fabric of namespaces at random, let the product mend it, check it after each time, and look for what leaked.
The same seed does the same items in the same order. Ctrl-C ends it after what it is doing.
`;

enterProcessNamespace(process.argv.slice(2));
process.exitCode = await main();

/** @returns 0: done; 1: an error; 2: wrong usage; 130: ended by Ctrl-C without an error */
async function main(): Promise<number> {
  const options = readArguments();
  if (options === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const stop = new AbortController();
  process.on("SIGINT", () => stop.abort(new InterruptedError()));
  process.on("SIGTERM", () => stop.abort(new InterruptedError()));
  say(`${options.minutes} minutes at most, seed ${options.seed}`);
  try {
    const { actions, leaks } = await soak({
      seed: options.seed,
      durationMs: options.minutes * 60_000,
      maxActions: options.actions,
      say,
      signal: stop.signal,
    });
    say(`${actions} actions, and the fabric was as planned after each; the host is as it was`);
    for (const leak of leaks) {
      say(`grows: ${leak}`);
    }
    return leaks.length > 0 ? 1 : stop.signal.aborted ? 130 : 0;
  } catch (error) {
    say(describeError(error));
    return 1;
  }
}

interface Arguments {
  readonly minutes: number;
  readonly actions: number;
  readonly seed: number;
}

function readArguments(): Arguments | undefined {
  try {
    const { values } = parseArgs({
      options: { minutes: { type: "string" }, actions: { type: "string" }, seed: { type: "string" } },
    });
    const minutes = Number(values.minutes ?? "1");
    const actions = Number(values.actions ?? "100000");
    const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
    return minutes > 0 && actions >= 1 && Number.isInteger(seed) ? { minutes, actions, seed } : undefined;
  } catch {
    return undefined;
  }
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);
}

/** Returns an error's message with its causes: the action, and its result. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause === undefined ? error.message : `${error.message}\n${describeError(error.cause)}`;
}
