import { CommandError, TimeoutError } from "../../errors.ts";
import { type ExecOptions, MAX_ANSWER_BYTES } from "../../nodes/machines.ts";
import { formatCommand } from "../../system/format-command.ts";
import type { Command, Host, RunResult } from "../../system/host.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import { type RunningNetns, runningNetns } from "./process.ts";

/**
 * Run a program in a netns, with nothing of our own environment, which may hold secrets.
 * @throws CommandError when it can't be started, ends with an exit code that is not allowed, or the netns is off.
 * @throws TimeoutError when it takes too long.
 */
export async function netnsExec(
  host: Host,
  folder: NetnsFolder,
  command: Command,
  options: ExecOptions,
  maxOutputBytes = MAX_ANSWER_BYTES,
): Promise<RunResult> {
  const netns = await runningNetns(host, folder);
  if (netns === undefined) {
    throw new CommandError(formatCommand(command), undefined, `${folder.name} is off`);
  }
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

/**
 * As a pure description. What enters the switch has no terminal of ours, is confined as all in there is, and reads none
 * of the switch's files before. It is killed with us, and the kernel tells the shell, which then ends the program with
 * all that it started, but for what made itself a session of its own, as daemons do.
 */
function insideCommand(netns: RunningNetns, { file, args, input, env }: Command): Command {
  const variables = Object.entries({ ...ENVIRONMENT, ...env }).map(([name, value]) => `${name}=${value}`);
  const { pid, startTicks, library, cgroups } = netns;
  return {
    file: "setsid",
    args: [
      ...["perl", `${library}/confine`, "enter", `${pid}`, `${startTicks}`, cgroups.join(":"), ...variables],
      ...["--", "/bin/sh", "-c", SUPERVISE, "sh", file, ...args],
    ],
    ...(input === undefined ? {} : { input }),
  };
}

/**
 * A shell hears of signals at once only while it waits for something in the background; what it starts there ignores
 * Ctrl-C's signal and has no input, unless told otherwise. The end by a signal becomes an exit code.
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
