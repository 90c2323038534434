import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { appendFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { execa } from "execa";
import { CommandError, FileError } from "../errors.ts";
import { connectSocket } from "./connect.ts";
import { environmentOf } from "./environment.ts";
import { lockFile } from "./file-lock.ts";
import { formatCommand } from "./format-command.ts";
import type { Command, FileStatus, Host, RunOptions, RunResult, SpawnedProcess } from "./host.ts";
import { httpsClient } from "./https/client.ts";
import type { SilentAddresses } from "./https/connect.ts";
import { keepEnd } from "./keep-end.ts";
import { limitProgram } from "./limit-program.ts";
import { makeFolder } from "./make-folder.ts";
import { startPiped } from "./piped-program.ts";
import { readRegular } from "./read-regular.ts";
import { removeAll } from "./remove.ts";
import { rewriteFile } from "./rewrite-file.ts";
import { withCallersUmask } from "./umask.ts";
import { isErrno, unlessMissing } from "./unless-missing.ts";
import { withoutOpenFiles } from "./without-open-files.ts";

/**
 * Returns the host that we run on.
 * @param interrupted when aborted, running programs are asked to end. Programs can still be started later, such as
 *   those that undo changes.
 */
export function localHost(interrupted?: AbortSignal): Host {
  const silent: SilentAddresses = new Map();
  return {
    run: (command, options) => run(command, options, interrupted),
    runInteractive: (command) => runInteractive(command, interrupted),
    startPiped,
    spawn,
    readFile: async (path, options) =>
      (await unlessMissing(readRegular(path, options, interrupted)))?.toString("utf8"),
    readBytes: (path, options) => unlessMissing(readRegular(path, options, interrupted)),
    writeFile: replaceFile,
    rewriteFile,
    writeKernelFile: (path, content) => appendFile(path, content, { flag: "r+" }),
    remove: removeAll,
    list: async (path) => ((await unlessMissing(readdir(path))) ?? []).sort(),
    makeDirectory: makeFolder,
    rename,
    keepEnd,
    stat: fileStatus,
    lock: (path) => lockFile(path, interrupted),
    connect: connectSocket,
    https: (server) => httpsClient(server, interrupted, silent),
    readStream: async (path) => createReadStream(path),
    kill,
  };
}

async function run(
  command: Command,
  options: RunOptions = {},
  interrupted?: AbortSignal,
): Promise<RunResult> {
  // A child outlives a parent that is killed. A batch that continues to create links would interfere with the next
  // command, so the kernel kills the child with us.
  const { file, args } = options.closeFiles ? withoutOpenFiles(command) : command;
  const { timeoutMs = 0, timeoutSignal = "SIGTERM", maxOutputBytes = MAX_OUTPUT_BYTES, onLine } = options;
  const child = execa("setpriv", ["--pdeathsig", "KILL", "--", file, ...args], {
    ...(command.input === undefined ? { stdin: "ignore" as const } : { input: command.input }),
    env: environmentOf(command, process.env),
    extendEnv: false,
    all: onLine !== undefined,
    stripFinalNewline: false,
    reject: false,
    // Buffers one byte more than allowed, to detect that there is too much.
    maxBuffer: maxOutputBytes + 1,
  });
  const limited = limitProgram(child, { timeoutMs, timeoutSignal, maxOutputBytes, interrupted });
  const result = await (onLine === undefined ? child : readLines(child, onLine)).finally(limited.release);
  const stderr = result.stderr ?? "";
  const exitCode = result.exitCode;
  const end = limited.end();
  if (end !== undefined) {
    const { why, timedOut } = end;
    throw new CommandError(formatCommand(command), exitCode, why, undefined, timedOut ? { timedOut } : {});
  }
  // setpriv returns 126 or 127 when the program itself could not be started, as a shell does.
  if (exitCode === undefined || isFailure(exitCode, options.okExitCodes)) {
    const said = stderr || (result.shortMessage ?? "");
    const { signal } = result;
    throw new CommandError(formatCommand(command), exitCode, said, undefined, signal ? { signal } : {});
  }
  return { exitCode, stdout: result.stdout ?? "", stderr };
}

function isFailure(exitCode: number, ok: RunOptions["okExitCodes"] = []): boolean {
  return exitCode !== 0 && ok !== "any" && !ok.includes(exitCode);
}

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

async function readLines<Result>(
  child: PromiseLike<Result> & { iterable(options: { from: "all" }): AsyncIterable<string> },
  onLine: (line: string) => void,
): Promise<Result> {
  for await (const line of child.iterable({ from: "all" })) {
    onLine(line);
  }
  return child;
}

async function runInteractive(command: Command, interrupted?: AbortSignal): Promise<number> {
  // A program that starts after Ctrl-C would not receive it.
  interrupted?.throwIfAborted();
  const child = withCallersUmask(() =>
    execa(command.file, [...command.args], {
      stdio: "inherit",
      reject: false,
      ...(command.env === undefined ? {} : { env: command.env }),
    }),
  );
  // Ctrl-C reaches the program by itself; a signal to our process alone does not.
  const end = () => child.kill("SIGINT");
  interrupted?.addEventListener("abort", end, { once: true });
  const result = await child;
  interrupted?.removeEventListener("abort", end);
  if (result.exitCode === undefined && result.signal === undefined) {
    throw new CommandError(formatCommand(command), undefined, result.shortMessage ?? "");
  }
  return result.exitCode ?? 1;
}

async function spawn(command: Command, logPath: string): Promise<SpawnedProcess> {
  await makeFolder(dirname(logPath));
  const log = createWriteStream(logPath, { flags: "a", mode: 0o600 });
  await once(log, "open");
  const { file, args } = withoutOpenFiles(command);
  const child = execa(file, args, {
    detached: true,
    stdin: "ignore",
    // The child gets a stream's file descriptor as it is, and continues to write after we have ended.
    stdout: log,
    stderr: log,
    reject: false,
    cleanup: false,
    env: environmentOf(command, process.env),
    extendEnv: false,
  });
  if (child.pid === undefined) {
    const failure = await child;
    throw new CommandError(formatCommand(command), undefined, failure.shortMessage ?? "");
  }
  child.unref();
  return { pid: child.pid };
}

async function replaceFile(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await makeFolder(dirname(path));
  // Not named by pid, which is not unique across PID namespaces.
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content, { mode, flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw isErrno(error, "EISDIR")
      ? new FileError(path, "cannot write the file: a directory is in its place; remove it", error)
      : error;
  }
}

async function fileStatus(path: string): Promise<FileStatus | undefined> {
  const status = await unlessMissing(stat(path));
  return (
    status && {
      sizeBytes: status.size,
      modifiedMs: status.mtimeMs,
      isFolder: status.isDirectory(),
      gid: status.gid,
    }
  );
}

async function kill(pid: number, signal: NodeJS.Signals | 0): Promise<boolean> {
  // A pid that could not be read must not signal our own process group (0), others (negative), or everyone (-1;
  // kill(2)).
  if (!(pid > 0)) {
    return false;
  }
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (isErrno(error, "ESRCH")) {
      return false;
    }
    throw error;
  }
}
