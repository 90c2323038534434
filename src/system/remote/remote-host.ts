import { CommandError, type MissingRequirement, PreflightError } from "../../errors.ts";
import { formatCommand } from "../format-command.ts";
import type { Command, Host, RunOptions, RunResult } from "../host.ts";
import { remoteFiles } from "./remote-files.ts";
import {
  endConnection,
  findConnection,
  loginCommand,
  type SshTarget,
  sshCommand,
  sshStream,
} from "./ssh-command.ts";

/** Another host. Its programs run there, and files are those there. */
export interface RemoteHost extends Host {
  /** Ends the connection that calls share. It also ends by itself, a minute after the last call. */
  close(): Promise<void>;
  /**
   * Runs a program as `run` does, within a limit for the connection and the program together: for a report that must not
   * wait for a host that is down.
   */
  runWithin(command: Command, limitMs: number): Promise<RunResult>;
  /**
   * Finds out if the host answers, within some seconds. A connection that it no longer answers on is ended.
   * @returns why it does not; undefined if it does.
   * @throws PreflightError if it answers, but does not let us in.
   */
  reach(): Promise<string | undefined>;
}

/** Limit for a program, unless its caller sets one. A host that hangs must not hang us. */
const TIMEOUT_MS = 60_000;
/** Time for the connection, besides the program's. */
const CONNECT_MS = 15_000;
/** Limits for a login whose only purpose is to find out if the host answers. */
const LOGIN_SECONDS = 5;
const LOGIN_MS = 7_000;
/** The same on a connection that is there. */
const SHARED_LOGIN_MS = 3_000;
/** sshd allows ten sessions of one connection (MaxSessions). */
const AT_ONCE = 8;

/**
 * Returns a host that is reached by ssh, as root. Every call has a time limit.
 *
 * Calls that a network does not need fail: those about processes and sockets that stay open (runInteractive, spawn,
 * connect, lock, kill, keepEnd, readStream), and rewriteFile. A program of startPiped should end with its input.
 * @param local the host that runs ssh.
 */
export function remoteHost(local: Host, target: SshTarget): RemoteHost {
  const inTurn = limitCalls(AT_ONCE);
  const run: Host["run"] = (command, options) => inTurn(() => runThere(local, target, command, options));
  const impossible = (call: string) => async (): Promise<never> => {
    throw new Error(`${call} is not possible on another host (${target.name})`);
  };
  return {
    run,
    ...remoteFiles(run),
    runInteractive: impossible("runInteractive"),
    startPiped: (command) => local.startPiped(sshStream(target, command)),
    spawn: impossible("spawn"),
    rewriteFile: impossible("rewriteFile"),
    keepEnd: impossible("keepEnd"),
    lock: impossible("lock"),
    connect: impossible("connect"),
    readStream: impossible("readStream"),
    https: () => {
      throw new Error(`https is not possible on another host (${target.name})`);
    },
    kill: impossible("kill"),
    runWithin: (command, limitMs) =>
      inTurn(() => runThere(local, target, command, { timeoutMs: limitMs }, { connectMs: 0 })),
    close: async () => {
      await local.run(endConnection(target), { okExitCodes: "any", timeoutMs: CONNECT_MS });
    },
    reach: () => reach(local, target),
  };
}

async function reach(local: Host, target: SshTarget): Promise<string | undefined> {
  const limits = { okExitCodes: "any", timeoutMs: CONNECT_MS } as const;
  if ((await local.run(findConnection(target), limits)).exitCode === 0) {
    if ((await logIn(local, target, SHARED_LOGIN_MS)) === undefined) {
      return undefined;
    }
    // The host may have started anew since.
    await local.run(endConnection(target), limits);
  }
  return logIn(local, target, LOGIN_MS);
}

/** Returns why the host does not answer; undefined if it does. @throws PreflightError if it does not let us in. */
async function logIn(local: Host, target: SshTarget, timeoutMs: number): Promise<string | undefined> {
  try {
    const { exitCode, stderr } = await local.run(loginCommand(target, LOGIN_SECONDS), {
      okExitCodes: "any",
      timeoutMs,
    });
    if (exitCode !== SSH_FAILED) {
      return undefined;
    }
    if (isRefusal(stderr)) {
      throw unreachable(target, stderr);
    }
    return `no ssh to ${target.login}@${target.address}: ${lastLine(stderr)}`;
  } catch (error) {
    if (error instanceof CommandError && error.end.timedOut) {
      return `no ssh to ${target.login}@${target.address} within ${timeoutMs / 1000} s`;
    }
    throw error;
  }
}

async function runThere(
  local: Host,
  target: SshTarget,
  command: Command,
  { timeoutMs = 0, okExitCodes = [], ...others }: RunOptions = {},
  { connectMs } = { connectMs: CONNECT_MS },
): Promise<RunResult> {
  const limitMs = timeoutMs > 0 ? timeoutMs : TIMEOUT_MS;
  const result = await local.run(sshCommand(target, command, limitMs), {
    ...others,
    timeoutMs: limitMs + connectMs,
    okExitCodes: "any",
  });
  const { exitCode, stderr } = result;
  if (exitCode === SSH_FAILED) {
    throw unreachable(target, stderr);
  }
  const what = `${target.name}: ${formatCommand(command)}`;
  if (exitCode === TIMED_OUT) {
    throw new CommandError(what, exitCode, `did not finish within ${limitMs / 1000} s`, undefined, {
      timedOut: true,
    });
  }
  if (exitCode !== 0 && okExitCodes !== "any" && !okExitCodes.includes(exitCode)) {
    throw new CommandError(what, exitCode, stderr);
  }
  return result;
}

/** Exit codes of ssh when there is no connection, and of timeout. None of the programs that we run has either. */
const SSH_FAILED = 255;
const TIMED_OUT = 124;

const DENIED = /Permission denied/i;
const OTHER_KEY = /host key|identification has changed/i;

/** Reports whether the host answers, but does not let us in, or is not the one that it was. */
function isRefusal(said: string): boolean {
  return DENIED.test(said) || OTHER_KEY.test(said);
}

function lastLine(said: string): string {
  return said.trim().split("\n").at(-1) ?? "";
}

function unreachable(
  { name, login, address, identityFile, knownHosts }: SshTarget,
  said: string,
): PreflightError {
  const reason = lastLine(said);
  const missing = (fix: string): MissingRequirement => ({
    what: `no ssh to ${login}@${address}${reason === "" ? "" : `: ${reason}`}`,
    why: `ikvswitch makes the links of ${name} there`,
    fix,
  });
  if (DENIED.test(said)) {
    return new PreflightError([missing(`ssh-copy-id -f -i ${identityFile}.pub ${login}@${address}`)]);
  }
  if (OTHER_KEY.test(said)) {
    return new PreflightError([
      missing(`if the host was installed anew: ssh-keygen -f ${knownHosts} -R ${name}`),
    ]);
  }
  return new PreflightError([missing(`check that ${name} runs, and its address in HOSTS`)]);
}

/** Returns a function that starts calls, but only so many at a time. */
function limitCalls(atOnce: number): <T>(call: () => Promise<T>) => Promise<T> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (call) => {
    if (free === 0) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      free -= 1;
    }
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next === undefined) {
        free += 1;
      } else {
        next();
      }
    }
  };
}
