import { CommandError, TimeoutError } from "../../errors.ts";
import { formatCommand } from "../../system/format-command.ts";
import type { Command, Host, RunResult } from "../../system/host.ts";
import { type GuestAgent, withGuestAgent } from "./guest-agent.ts";

export interface GuestExecOptions {
  readonly socket: string;
  /** For the program's whole run. */
  readonly timeoutMs: number;
  /** Exit codes besides 0 that are not failures; "any" for none. */
  readonly okExitCodes?: readonly number[] | "any";
  /** When to ask first whether it is done; each question costs an emulated machine some 5 ms. */
  readonly firstPollMs?: number;
}

/** Folder of our own programs inside. */
export const GUEST_LIBRARY = "/usr/lib/ikvswitch";

/** Most programs are done by then; others don't keep the agent's only channel occupied. */
const HOLD_MS = 2_000;
const FIRST_POLL_MS = 20;
const LAST_POLL_MS = 500;

/**
 * Run a program inside the machine, as root, without a shell and without the network, and give its output.
 * Exit codes are those of a shell: 128 + n for a program that signal n ended.
 * @throws CommandError when it can't be started or ends with an exit code that is not allowed.
 */
export async function guestExec(host: Host, command: Command, options: GuestExecOptions): Promise<RunResult> {
  const deadline = Date.now() + options.timeoutMs;
  const remaining = () => ({ socket: options.socket, timeoutMs: Math.max(1, deadline - Date.now()) });

  let pid = -1;
  let pauseMs = options.firstPollMs ?? FIRST_POLL_MS;
  let result = await withGuestAgent(host, remaining(), async (agent) => {
    pid = await start(agent, command);
    const holdUntil = Math.min(deadline, Date.now() + HOLD_MS);
    for (;;) {
      const status = await exitStatus(agent, pid);
      if (status !== undefined || Date.now() >= holdUntil) {
        return status;
      }
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LAST_POLL_MS);
    }
  });
  while (result === undefined) {
    if (Date.now() >= deadline) {
      throw new TimeoutError(formatCommand(command), options.timeoutMs, `still running as pid ${pid}`);
    }
    await pause(pauseMs);
    result = await withGuestAgent(host, remaining(), (agent) => exitStatus(agent, pid));
  }

  const allowed = options.okExitCodes ?? [];
  if (result.exitCode !== 0 && allowed !== "any" && !allowed.includes(result.exitCode)) {
    throw new CommandError(formatCommand(command), result.exitCode, result.stderr || result.stdout);
  }
  return result;
}

async function start(agent: GuestAgent, command: Command): Promise<number> {
  const reply = await agent.execute("guest-exec", {
    path: command.file,
    arg: command.args,
    ...(command.env && { env: Object.entries(command.env).map(([name, value]) => `${name}=${value}`) }),
    ...(command.input !== undefined && { "input-data": Buffer.from(command.input).toString("base64") }),
    "capture-output": true,
  });
  return (reply as { pid: number }).pid;
}

/** Undefined while it runs. The agent forgets a program once it has told of its end. */
async function exitStatus(agent: GuestAgent, pid: number): Promise<RunResult | undefined> {
  const status = (await agent.execute("guest-exec-status", { pid })) as GuestExecStatus;
  if (!status.exited) {
    return undefined;
  }
  return {
    exitCode: status.exitcode ?? 128 + (status.signal ?? 0),
    stdout: decode(status["out-data"]),
    stderr: decode(status["err-data"]),
  };
}

interface GuestExecStatus {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly signal?: number;
  readonly "out-data"?: string;
  readonly "err-data"?: string;
}

function decode(base64: string | undefined): string {
  return Buffer.from(base64 ?? "", "base64").toString("utf8");
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
