import { CommandError } from "../errors.ts";
import type { Command, Host } from "./host.ts";

/** Result of a probe. Each of these is an answer: a crash is as informative as an error. */
export type ProbeResult =
  | { readonly end: "exit"; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly end: "signal"; readonly signal: string; readonly stderr: string }
  | { readonly end: "timeout"; readonly timeoutMs: number }
  /** The program does not exist, or may not be executed. */
  | { readonly end: "not executed"; readonly stderr: string };

/**
 * Runs a program to learn something about the host from how it ends. Never throws, however it ends.
 * @param timeoutMs the program is killed after this long.
 */
export async function probe(
  host: Host,
  command: Command,
  timeoutMs = PROBE_TIMEOUT_MS,
): Promise<ProbeResult> {
  try {
    const result = await host.run(command, {
      timeoutMs,
      // A virtual processor that hangs in the kernel may keep QEMU from ending on SIGTERM.
      timeoutSignal: "SIGKILL",
      okExitCodes: "any",
    });
    return NOT_EXECUTED.includes(result.exitCode)
      ? { end: "not executed", stderr: result.stderr }
      : { end: "exit", ...result };
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    const { signal, timedOut } = error.end;
    return timedOut
      ? { end: "timeout", timeoutMs }
      : signal === undefined
        ? { end: "not executed", stderr: error.stderr }
        : { end: "signal", signal, stderr: error.stderr };
  }
}

/** Reports whether a program ends with exit code 0. */
export async function succeeds(host: Host, command: Command, timeoutMs?: number): Promise<boolean> {
  const result = await probe(host, command, timeoutMs);
  return result.end === "exit" && result.exitCode === 0;
}

/**
 * Returns why a probe did not end as wanted, in one line: the first line of the program's output, and how it ended.
 * @param program its name, for a program without output.
 */
export function describeProbe(program: string, result: ProbeResult): string {
  if (result.end === "timeout") {
    return `${program} did not finish within ${result.timeoutMs / 1000} s`;
  }
  const said = result.stderr.trim().split("\n")[0] ?? "";
  if (result.end === "signal") {
    return `${program} was killed by ${result.signal}${said === "" ? "" : ` (${said})`}`;
  }
  const ended =
    result.end === "exit" ? `${program} exited with ${result.exitCode}` : `cannot execute ${program}`;
  return said === "" ? ended : said;
}

/** Ample for a probe on a busy host. */
const PROBE_TIMEOUT_MS = 20_000;

/** Exit codes of setpriv, unshare and shells when the program itself could not be started. */
const NOT_EXECUTED: readonly number[] = [126, 127];
