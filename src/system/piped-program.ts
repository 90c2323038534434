import { execa } from "execa";
import { CommandError } from "../errors.ts";
import type { Command } from "./command.ts";
import { environmentOf } from "./environment.ts";
import { formatCommand } from "./format-command.ts";
import type { PipedProgram } from "./host.ts";
import { withoutOpenFiles } from "./without-open-files.ts";

/** Limit on the error output that is kept. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Starts a program whose standard input and output are pipes of ours. The kernel kills it with us.
 * @throws CommandError if it can't be started.
 */
export async function startPiped(command: Command): Promise<PipedProgram> {
  const { file, args } = withoutOpenFiles(command);
  const child = execa("setpriv", ["--pdeathsig", "KILL", "--", file, ...args], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    buffer: { stdout: false, stderr: true },
    maxBuffer: MAX_ERROR_BYTES,
    encoding: "utf8",
    env: environmentOf(command, process.env),
    extendEnv: false,
    reject: false,
  });
  if (child.pid === undefined) {
    throw new CommandError(formatCommand(command), undefined, (await child).shortMessage ?? "");
  }
  // It may end before it has read all of its input.
  child.stdin.on("error", () => {});
  if (command.input !== undefined) {
    child.stdin.write(command.input);
  }
  return {
    input: child.stdin,
    output: child.stdout,
    ended: child.then(({ exitCode, stderr }) => ({ exitCode, stderr: stderr ?? "" })),
    kill: () => child.kill("SIGKILL"),
  };
}
