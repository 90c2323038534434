import { setTimeout as pause } from "node:timers/promises";
import { CommandError, TimeoutError } from "../errors.ts";
import { formatCommand } from "../system/format-command.ts";
import type { Command, Host, RunResult } from "../system/host.ts";
import { type AgentOptions, type GuestAgent, withGuestAgent } from "./guest-agent.ts";

/** `timeoutMs` is the limit for the program's whole run. */
export interface GuestExecOptions extends AgentOptions {
  /** Exit codes besides 0 that are not failures; "any" for none. */
  readonly okExitCodes?: readonly number[] | "any";
  /** Delay before the first poll; each poll costs an emulated VM some 5 ms. */
  readonly firstPollMs?: number;
}

/** Folder of our own programs in the guest. */
export const GUEST_LIBRARY = "/usr/lib/ikvswitch";

/**
 * Time to hold the agent's only channel for a program. Most programs end within it; longer ones are polled without
 * occupying the channel.
 */
const HOLD_MS = 2_000;
const FIRST_POLL_MS = 20;
const LAST_POLL_MS = 500;
/** After this time the agent is polled again: it loses pending requests when its VM restarts. */
const ANSWER_TIMEOUT_MS = 20_000;

/**
 * Runs a program in the VM, as root, without a shell and without the network, and returns its output. Exit codes are
 * those of a shell: 128 + n for a program that signal n ended.
 * @throws CommandError if it can't be started or ends with an exit code that is not allowed.
 */
export async function guestExec(host: Host, command: Command, options: GuestExecOptions): Promise<RunResult> {
  const run: Run = { host, command, options, deadline: Date.now() + options.timeoutMs };
  const { pid, ended } = await startAndWatch(run);
  const result = ended ?? (await askUntilEnded(run, pid));
  const allowed = options.okExitCodes ?? [];
  if (result.exitCode !== 0 && allowed !== "any" && !allowed.includes(result.exitCode)) {
    throw new CommandError(formatCommand(command), result.exitCode, result.stderr || result.stdout);
  }
  return result;
}

interface Run {
  readonly host: Host;
  readonly command: Command;
  readonly options: GuestExecOptions;
  readonly deadline: number;
}

/**
 * Starts the program and polls it in one conversation, which is cheaper than one per poll. Returns no result if it is
 * still running.
 */
function startAndWatch(run: Run): Promise<{ readonly pid: number; readonly ended?: RunResult }> {
  const conversation = { ...run.options, timeoutMs: remainingMs(run) };
  return withGuestAgent(run.host, conversation, async (agent) => {
    const pid = await startProgram(agent, run.command);
    const holdUntil = Math.min(run.deadline, Date.now() + HOLD_MS);
    let pauseMs = run.options.firstPollMs ?? FIRST_POLL_MS;
    do {
      const silence = pause(answerTimeoutMs(run), undefined, { ref: false });
      const ended = await Promise.race([exitStatus(agent, pid, run.command), silence]);
      if (ended !== undefined) {
        return { pid, ended };
      }
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LAST_POLL_MS);
    } while (Date.now() < holdUntil);
    return { pid };
  });
}

async function askUntilEnded(run: Run, pid: number): Promise<RunResult> {
  const { command, options } = run;
  for (;;) {
    let silent: TimeoutError | undefined;
    const conversation = { ...options, timeoutMs: answerTimeoutMs(run) };
    const ended = await withGuestAgent(run.host, conversation, (agent) =>
      exitStatus(agent, pid, command),
    ).catch((error: unknown) => {
      if (!(error instanceof TimeoutError)) {
        throw error;
      }
      silent = error;
      return undefined;
    });
    if (ended !== undefined) {
      return ended;
    }
    if (Date.now() >= run.deadline) {
      const running = `still running as pid ${pid}`;
      throw silent ?? new TimeoutError(formatCommand(command), options.timeoutMs, running);
    }
    await pause(LAST_POLL_MS);
  }
}

function remainingMs({ deadline }: Run): number {
  return Math.max(1, deadline - Date.now());
}

function answerTimeoutMs(run: Run): number {
  return Math.min(remainingMs(run), ANSWER_TIMEOUT_MS);
}

/** Starts a program. Returns its pid. */
export async function startProgram(agent: GuestAgent, command: Command): Promise<number> {
  const reply = await agent.execute("guest-exec", {
    path: command.file,
    arg: command.args,
    ...(command.env && { env: Object.entries(command.env).map(([name, value]) => `${name}=${value}`) }),
    ...(command.input !== undefined && { "input-data": Buffer.from(command.input).toString("base64") }),
    "capture-output": true,
  });
  return readObject(reply, command, ({ pid }) => (typeof pid === "number" ? pid : undefined));
}

/**
 * Returns the result; undefined while the program runs. The agent forgets a program once it has reported its end.
 * @throws CommandError if the agent does not know the program: it is not the agent that started it, or the VM ended.
 */
export async function exitStatus(
  agent: GuestAgent,
  pid: number,
  command: Command,
): Promise<RunResult | undefined> {
  const answer = await agent.execute("guest-exec-status", { pid }).catch((error: unknown) => {
    throw error instanceof CommandError
      ? new CommandError(
          formatCommand(command),
          undefined,
          "result unknown: the VM restarted or powered off meanwhile",
        )
      : error;
  });
  const status = readObject(answer, command, (fields) =>
    typeof fields.exited === "boolean" ? fields : undefined,
  );
  if (status.exited === false) {
    return undefined;
  }
  if (status["out-truncated"] === true || status["err-truncated"] === true) {
    throw new CommandError(
      formatCommand(command),
      undefined,
      "output exceeds the guest agent's limit of 16 MiB",
    );
  }
  return {
    exitCode: number(status.exitcode) ?? 128 + (number(status.signal) ?? 0),
    stdout: decode(status["out-data"]),
    stderr: decode(status["err-data"]),
  };
}

/** Validates the reply: the switch's root controls the agent and can forge its replies. */
function readObject<T>(
  answer: unknown,
  command: Command,
  read: (fields: Readonly<Record<string, unknown>>) => T | undefined,
): T {
  const value = typeof answer === "object" && answer !== null ? read(answer as never) : undefined;
  if (value === undefined) {
    throw new CommandError(formatCommand(command), undefined, "invalid answer from the guest agent");
  }
  return value;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function decode(base64: unknown): string {
  return typeof base64 === "string" ? Buffer.from(base64, "base64").toString("utf8") : "";
}
