import {
  CommandError,
  ConfigError,
  FileError,
  formatProblems,
  NotRunningError,
  PreflightError,
  TimeoutError,
  UsageError,
} from "../errors.ts";
import { ExitCode } from "./exit-codes.ts";
import { tell, tellFailure } from "./output.ts";

/**
 * Prints an error to stderr.
 * @param debug also prints the stack trace
 * @returns the exit code
 */
export function reportError(error: unknown, debug: boolean): number {
  const { text, exitCode } = describeError(error);
  tellFailure(text);
  if (debug && error instanceof Error) {
    tell(`${error.stack}`);
  }
  return exitCode;
}

/** Returns an error's text for the user, and its exit code. */
export function describeError(error: unknown): { text: string; exitCode: number } {
  if (error instanceof ConfigError) {
    return { text: describeConfigError(error), exitCode: ExitCode.usage };
  }
  if (error instanceof UsageError) {
    return { text: error.message, exitCode: ExitCode.usage };
  }
  if (error instanceof NotRunningError) {
    return { text: error.message, exitCode: ExitCode.machine };
  }
  if (error instanceof PreflightError) {
    return {
      text: `This host does not meet the requirements. Nothing was changed.\n\n  ${error.message.replaceAll("\n", "\n  ")}`,
      exitCode: ExitCode.machine,
    };
  }
  if (error instanceof CommandError || error instanceof FileError || error instanceof TimeoutError) {
    return { text: error.message, exitCode: ExitCode.failed };
  }
  if (isSystemError(error)) {
    const denied = (error.code === "EACCES" || error.code === "EPERM") && process.getuid?.() !== 0;
    return {
      text: denied ? `${error.message}\nRun the command as root.` : error.message,
      exitCode: denied ? ExitCode.machine : ExitCode.failed,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    text: `${message}\nUnexpected error, probably a bug in ikvswitch. Run with --debug for a stack trace.`,
    exitCode: ExitCode.failed,
  };
}

function describeConfigError(error: ConfigError): string {
  const count = error.problems.length;
  const lines = formatProblems(error.problems).map((text) => `  ${text.replaceAll("\n", "\n    ")}`);
  return `${count === 1 ? "1 problem" : `${count.toLocaleString("en")} problems`} in the configuration:\n${lines.join("\n")}`;
}

/**
 * True for an error of the operating system: no permission, no space, no such file. Its message names the call and the
 * path.
 */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}
