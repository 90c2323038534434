import {
  CommandError,
  ConfigError,
  FileError,
  formatProblems,
  PreflightError,
  TimeoutError,
  UsageError,
} from "../errors.ts";
import { ExitCode } from "./exit-codes.ts";
import { tell, tellFailure } from "./output.ts";

/**
 * Tell the user what went wrong and what to do about it, on stderr, and give the exit code.
 * @param debug show where in the program it happened, too.
 */
export function reportError(error: unknown, debug: boolean): number {
  const { text, exitCode } = describeError(error);
  tellFailure(text);
  if (debug && error instanceof Error) {
    tell(`${error.stack}`);
  }
  return exitCode;
}

function describeError(error: unknown): { text: string; exitCode: number } {
  if (error instanceof ConfigError) {
    return { text: describeConfigError(error), exitCode: ExitCode.usage };
  }
  if (error instanceof UsageError) {
    return { text: error.message, exitCode: ExitCode.usage };
  }
  if (error instanceof PreflightError) {
    return {
      text: `This machine is not ready. Nothing was changed.\n\n  ${error.message.replaceAll("\n", "\n  ")}`,
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
    text: `${message}\nThis is not a failure that ikvswitch knows: probably a defect of its own. --debug shows where it happened.`,
    exitCode: ExitCode.failed,
  };
}

function describeConfigError(error: ConfigError): string {
  const count = error.problems.length;
  const lines = formatProblems(error.problems).map((text) => `  ${text.replaceAll("\n", "\n    ")}`);
  return `${count === 1 ? "One problem" : `${count.toLocaleString("en")} problems`} in the configuration:\n${lines.join("\n")}`;
}

/** What the operating system answered: no permission, no space, no such file. Its message says what and where. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}
