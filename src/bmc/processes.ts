import { TimeoutError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { pollUntil } from "../system/poll.ts";
import { findProcesses, processArguments } from "../system/processes.ts";
import { bmcPaths, simulatorPaths, simulatorsFolder } from "./paths.ts";

const TERM_TIMEOUT_MS = 2_000;
const KILL_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** The BMCs' processes that run now, by pid. */
export interface BmcProcesses {
  /** By node. More than one where a simulator is just starting its chassis program. */
  readonly simulators: ReadonlyMap<string, readonly number[]>;
  readonly attendant: readonly number[];
  /** Chassis programs, which wait for the attendant. */
  readonly chassis: readonly number[];
}

/**
 * Find them in /proc, by the files that they were told to use. No pid is kept anywhere, so none can be lost or
 * come to mean another process.
 */
export async function findBmcProcesses(host: Host, runDir: string): Promise<BmcProcesses> {
  const simulators = new Map<string, number[]>();
  const attendant: number[] = [];
  const chassis: number[] = [];
  const ofBmcs = await findProcesses(host, (args) => processRole(args, runDir) !== undefined);
  for (const { pid, args } of ofBmcs) {
    const role = processRole(args, runDir);
    if (role?.kind === "simulator") {
      simulators.set(role.node, [...(simulators.get(role.node) ?? []), pid]);
    } else if (role?.kind === "attendant") {
      attendant.push(pid);
    } else if (role?.kind === "chassis") {
      chassis.push(pid);
    }
  }
  return { simulators, attendant, chassis };
}

type ProcessRole =
  | { readonly kind: "simulator"; readonly node: string }
  | { readonly kind: "attendant" }
  | { readonly kind: "chassis" };

/** What a process with these arguments is to the BMCs of this run directory. */
export function processRole(args: readonly string[], runDir: string): ProcessRole | undefined {
  if (args.includes(bmcPaths(runDir).attendantConfig)) {
    return { kind: "attendant" };
  }
  if (args.includes(bmcPaths(runDir).chassis)) {
    return { kind: "chassis" };
  }
  const config = args[args.indexOf("-c") + 1] ?? "";
  const prefix = `${simulatorsFolder(runDir)}/`;
  const node = config.startsWith(prefix) ? (config.slice(prefix.length).split("/")[0] ?? "") : "";
  return node !== "" && config === simulatorPaths(runDir, node).lanConfig
    ? { kind: "simulator", node }
    : undefined;
}

/** End processes: by request first, by force where that does not help. `isSame` guards against reused pids. */
export async function endProcesses(
  host: Host,
  pids: readonly number[],
  isSame: (args: readonly string[]) => boolean,
): Promise<void> {
  const remaining = async (): Promise<readonly number[]> => {
    const checked = await Promise.all(
      pids.map(async (pid) => (isSame(await processArguments(host, pid)) ? [pid] : [])),
    );
    return checked.flat();
  };
  for (const [signal, timeoutMs] of [
    ["SIGTERM", TERM_TIMEOUT_MS],
    ["SIGKILL", KILL_TIMEOUT_MS],
  ] as const) {
    const running = await remaining();
    await Promise.all(running.map((pid) => host.kill(pid, signal)));
    if (await haveEnded(remaining, timeoutMs, signal === "SIGKILL")) {
      return;
    }
  }
}

async function haveEnded(
  remaining: () => Promise<readonly number[]>,
  timeoutMs: number,
  mustEnd: boolean,
): Promise<boolean> {
  try {
    await pollUntil({ what: "the end of the BMCs' processes", timeoutMs, intervalMs: POLL_MS }, async () => {
      const pids = await remaining();
      return pids.length === 0
        ? { done: true, value: undefined }
        : { done: false, seen: `still there: pid ${pids.join(", ")}` };
    });
    return true;
  } catch (error) {
    if (error instanceof TimeoutError && !mustEnd) {
      return false;
    }
    throw error;
  }
}
