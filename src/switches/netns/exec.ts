import { CommandError, TimeoutError } from "../../errors.ts";
import { formatCommand } from "../../system/format-command.ts";
import type { Command, Host, RunResult } from "../../system/host.ts";
import type { ExecOptions } from "../machines.ts";
import type { SandboxPaths } from "./paths.ts";
import { sandboxPid } from "./process.ts";

/**
 * Run a program in a sandbox, with nothing of our own environment, which may hold secrets.
 * @throws CommandError when it can't be started, ends with an exit code that is not allowed, or the sandbox is off.
 * @throws TimeoutError when it takes too long.
 */
export async function sandboxExec(
  host: Host,
  nodeName: string,
  paths: SandboxPaths,
  command: Command,
  options: ExecOptions,
): Promise<RunResult> {
  const pid = await sandboxPid(host, paths);
  if (pid === undefined) {
    throw new CommandError(formatCommand(command), undefined, `${nodeName} is off`);
  }
  const startedMs = Date.now();
  try {
    return await host.run(insideCommand(pid, command, options), {
      timeoutMs: options.timeoutMs,
      okExitCodes: options.okExitCodes === "any" ? ANY : (options.okExitCodes ?? []),
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

const ANY = Array.from({ length: 256 }, (_, code) => code);

/** As a pure description. The program is killed with nsenter, which is killed with us. */
function insideCommand(pid: number, { file, args, input, env }: Command, options: ExecOptions): Command {
  const variables = Object.entries({ ...ENVIRONMENT, ...env }).map(([name, value]) => `${name}=${value}`);
  // A shell turns the end by a signal into an exit code.
  const shell = options.okExitCodes === "any" ? ["sh", "-c", '"$@"; exit $?', "sh"] : [];
  return {
    file: "nsenter",
    args: [
      ...[`--target=${pid}`, "--user", "--net", "--mount", "--uts", "--ipc", "--pid", "--"],
      ...["setpriv", "--pdeathsig", "KILL", "env", "-i", ...variables, ...shell, file, ...args],
    ],
    ...(input === undefined ? {} : { input }),
  };
}

const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  USER: "root",
  LANG: "C.UTF-8",
  LIBRARY: "/opt/ikvswitch",
};
