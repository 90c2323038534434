import { CommandError } from "../errors.ts";
import type { Command, Host } from "../system/host.ts";
import { isErrno } from "../system/unless-missing.ts";
import type { Action, Alternative, Phase } from "./model/actions.ts";

export interface ApplyOptions {
  /** Called with the title of each phase as it begins. */
  readonly onProgress: (text: string) => void;
  /** Called with the message of a failure that is not fatal. */
  readonly onWarning: (text: string) => void;
  readonly interrupted?: AbortSignal | undefined;
}

/**
 * Runs the phases one after another. When an action fails, the others of its phase are waited for, so that nothing is
 * still running when this returns.
 * @throws CommandError of the first action that failed.
 * @throws InterruptedError on an interrupt, but not in the middle of a phase.
 */
export async function applyPhases(
  host: Host,
  phases: readonly Phase[],
  options: ApplyOptions,
): Promise<void> {
  for (const { title, actions } of phases) {
    options.interrupted?.throwIfAborted();
    options.onProgress(title);
    const results = await Promise.allSettled(actions.map((action) => applyAction(host, action, options)));
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined) {
      throw failure.reason;
    }
  }
}

async function applyAction(host: Host, action: Action, options: ApplyOptions): Promise<void> {
  switch (action.kind) {
    case "run":
      return runBatch(host, action.command);
    case "run-first":
      return runFirst(host, action.alternatives);
    case "write-kernel-file":
      return host.writeKernelFile(action.path, action.content);
    case "write-file":
      return host.writeFile(action.path, action.content, action.mode);
    case "remove-file":
      return removeFile(host, action.path, options.onWarning);
    case "notify":
      return notify(host, action.command, options.onWarning);
  }
}

/** Removes a file. One on a read-only file system stays, so that everything else can still be removed. */
async function removeFile(host: Host, path: string, onWarning: (text: string) => void): Promise<void> {
  try {
    await host.remove(path);
  } catch (error) {
    if (!isErrno(error, "EROFS")) {
      throw error;
    }
    onWarning(`Cannot remove ${path} from a read-only file system; remove it later.`);
  }
}

/** Runs a batch. Its error names the line that failed, not just its number. */
async function runBatch(host: Host, command: Command): Promise<void> {
  try {
    await host.run(command);
  } catch (error) {
    const line = error instanceof CommandError ? failedLine(command, error.stderr) : undefined;
    if (error instanceof CommandError && line !== undefined) {
      throw new CommandError(`${command.file} ${line}`, error.exitCode, error.stderr, error);
    }
    throw error;
  }
}

/** Returns the line that failed: ip reports "Command failed -:17", iptables-restore "line 17 failed". */
function failedLine(command: Command, stderr: string): string | undefined {
  const number = /Command failed -:(\d+)|line:? (\d+) failed|[Ee]rror occurred at line: (\d+)/
    .exec(stderr)
    ?.slice(1)
    .find(Boolean);
  return number === undefined ? undefined : String(command.input ?? "").split("\n")[Number(number) - 1];
}

async function runFirst(host: Host, alternatives: readonly Alternative[]): Promise<void> {
  const [first, ...others] = alternatives;
  if (first === undefined) {
    return;
  }
  if (first.prepare !== null) {
    await notify(host, first.prepare, () => {});
  }
  try {
    await runBatch(host, first.command);
  } catch (error) {
    if (others.length > 0 && isUnsupported(error)) {
      return runFirst(host, others);
    }
    throw error;
  }
}

/**
 * Reports whether the error means that the kernel lacks this kind of device, by the messages of iproute2 and the
 * kernel.
 */
function isUnsupported(error: unknown): boolean {
  return error instanceof CommandError && /Unknown device type|not supported/i.test(error.stderr);
}

async function notify(host: Host, command: Command, onWarning: (text: string) => void): Promise<void> {
  try {
    await host.run(command);
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    onWarning(error.message);
  }
}
