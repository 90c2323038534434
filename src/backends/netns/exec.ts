import { CommandError, TimeoutError } from "../../errors.ts";
import { type ExecOptions, MAX_ANSWER_BYTES } from "../../nodes/machines.ts";
import { formatCommand } from "../../system/format-command.ts";
import type { Command, Host, RunResult } from "../../system/host.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import { type RunningNetns, runningNetns } from "./process.ts";

/**
 * Runs a program in a netns. It gets nothing of this process's environment, which may hold secrets.
 * @throws CommandError if it can't be started, ends with an exit code that is not allowed, or the netns is off.
 * @throws TimeoutError if it takes too long.
 */
export async function netnsExec(
  host: Host,
  folder: NetnsFolder,
  command: Command,
  options: ExecOptions,
  maxOutputBytes = MAX_ANSWER_BYTES,
): Promise<RunResult> {
  const netns = await runningOrOff(host, folder, command);
  const startedMs = Date.now();
  try {
    return await host.run(insideCommand(netns, command), {
      timeoutMs: options.timeoutMs,
      okExitCodes: options.okExitCodes ?? [],
      closeFiles: true,
      maxOutputBytes,
    });
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    if (Date.now() - startedMs >= options.timeoutMs) {
      throw new TimeoutError(formatCommand(command), options.timeoutMs, error.stderr);
    }
    throw new CommandError(formatCommand(command), error.exitCode, error.stderr, error);
  }
}

/** @throws CommandError with the command that starts it, if the netns is off. */
export async function runningOrOff(host: Host, folder: NetnsFolder, command: Command): Promise<RunningNetns> {
  const netns = await runningNetns(host, folder);
  if (netns === undefined) {
    const how = `run 'ikvswitch node start ${folder.name}'`;
    throw new CommandError(formatCommand(command), undefined, `${folder.name} is off; ${how}`);
  }
  return netns;
}

/**
 * Returns the command without running it. A process that enters the switch has no terminal of the host, is confined
 * like the processes in it, and reads no file of the switch before that. It is killed with this process: the kernel
 * signals the shell, which then kills the program and its children, except those that made a session of their own, as
 * daemons do.
 */
function insideCommand(netns: RunningNetns, { file, args, ...others }: Command): Command {
  return enteringCommand(netns, {
    ...others,
    file: "/bin/sh",
    args: ["-c", SUPERVISE, "sh", file, ...args],
  });
}

/** Returns the command that enters the netns and becomes another one, without a shell around it. */
export function enteringCommand(netns: RunningNetns, { file, args, input, env }: Command): Command {
  const variables = Object.entries({ ...ENVIRONMENT, ...env }).map(([name, value]) => `${name}=${value}`);
  const { pid, startTicks, library, cgroups } = netns;
  return {
    file: "setsid",
    args: [
      ...["perl", `${library}/confine`, "enter", `${pid}`, `${startTicks}`, cgroups.join(":"), ...variables],
      ...["--", file, ...args],
    ],
    ...(input === undefined ? {} : { input }),
  };
}

/**
 * A shell handles signals immediately only while it waits for a background job. A background job ignores SIGINT and
 * SIGQUIT and has no input unless both are set explicitly. If a signal ends it, that becomes an exit code.
 */
const SUPERVISE = [
  "exec 3<&0 </dev/null",
  "trap 'kill -KILL 0' TERM",
  'env --default-signal=INT,QUIT "$@" <&3 3<&- &',
  "wait $!",
  "exit $?",
].join("\n");

const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  USER: "root",
  LANG: "C.UTF-8",
};
