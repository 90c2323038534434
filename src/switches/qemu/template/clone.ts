import { randomBytes } from "node:crypto";
import { CommandError, TimeoutError } from "../../../errors.ts";
import type { Command, Host } from "../../../system/host.ts";
import { pullCablesOfTapsDown, thawMachine } from "../faults.ts";
import { type GuestAgent, withGuestAgent } from "../guest-agent.ts";
import { guestExec } from "../guest-exec.ts";
import type { Launch } from "../launch.ts";
import { loadState } from "../load-state.ts";
import { startMachine } from "../machine.ts";
import { nodePaths } from "../paths.ts";

export interface CloneRequest {
  readonly runDir: string;
  /** How the machine is started when it boots. */
  readonly launch: Launch;
  /** The same machine as a clone of the template. */
  readonly command: Command;
  /** File with the state of the template's processor and devices. */
  readonly state: string;
  readonly timeoutMs: number;
}

/**
 * Start a node's machine as a clone of its template, whose folders and disk are ready, and make it the node: its
 * clock, its own random state, then its files, MACs and names, before any card is up or sshd runs.
 * @throws CommandError, TimeoutError when it does not come that far; its machine may be running then.
 */
export async function startClone(host: Host, request: CloneRequest): Promise<void> {
  const { runDir, launch, command } = request;
  const paths = nodePaths(runDir, launch.node);
  const deadline = Date.now() + request.timeoutMs;
  const remaining = () => Math.max(1, deadline - Date.now());
  await startMachine(host, paths, { ...launch, command });
  await loadState(host, paths, {
    state: request.state,
    capabilities: ["x-ignore-shared"],
    timeoutMs: remaining(),
  });
  await thawMachine(host, runDir, launch.node);
  await pullCablesOfTapsDown(host, runDir, launch);
  const agent = () => ({ socket: paths.agent, timeoutMs: remaining() });
  await withGuestAgent(host, agent(), setClock);
  await guestExec(
    host,
    { file: "/usr/lib/ikvswitch/complete-clone", args: [], input: randomBytes(SEED_BYTES) },
    { ...agent(), firstPollMs: 500 },
  );
}

const SEED_BYTES = 64;

const CLOCK_TOLERANCE_MS = 5_000;

/** The agent sets the clock, and then fails to write it to the hardware's, which is the host's and right already. */
export async function setClock(inside: GuestAgent): Promise<void> {
  await inside.execute("guest-set-time", { time: Date.now() * NANOSECONDS }).catch((error: unknown) => {
    if (!(error instanceof CommandError)) {
      throw error;
    }
  });
  const now = Number(await inside.execute("guest-get-time")) / NANOSECONDS;
  if (Math.abs(Date.now() - now) > CLOCK_TOLERANCE_MS) {
    throw new TimeoutError("the clone's clock being set", CLOCK_TOLERANCE_MS, new Date(now).toISOString());
  }
}

const NANOSECONDS = 1_000_000;
