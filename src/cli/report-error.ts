import {
  CommandError,
  ConfigError,
  FileError,
  formatProblems,
  InterruptedError,
  LostMembersError,
  NotRunningError,
  PreflightError,
  TimeoutError,
  UsageError,
} from "../errors.ts";
import { ExitCode } from "./exit-codes.ts";
import type { Failure, FailureKind } from "./failure.ts";
import { tell, tellFailure } from "./output.ts";
import { describeDocument } from "./print-document.ts";

export interface ReportOptions {
  /** Prints the stack trace as well. */
  readonly debug: boolean;
  /** Prints a line of JSON: `{"document": "error", "version", "error": {"kind", "message", "fix", "exitCode"}}`. */
  readonly json: boolean;
}

/**
 * Prints an error to stderr.
 * @returns the exit code
 */
export function reportError(error: unknown, { debug, json }: ReportOptions): number {
  const failure = describeError(error);
  reportFailure(failure, json);
  if (debug && error instanceof Error) {
    tell(`${error.stack}`);
  }
  return failure.exitCode;
}

/** Prints a failure to stderr, as text or as a line of JSON. */
export function reportFailure({ kind, text, fix, exitCode }: Failure, json: boolean): void {
  if (json) {
    tell(JSON.stringify(describeDocument("error", { error: { kind, message: text, fix, exitCode } })));
  } else {
    tellFailure(text);
  }
}

/** Returns an error's text for the user, and its exit code. */
export function describeError(error: unknown): Failure {
  if (error instanceof ConfigError) {
    return { kind: "configuration", text: describeConfigError(error), exitCode: ExitCode.usage };
  }
  if (error instanceof UsageError) {
    return usageFailure(error.message);
  }
  if (error instanceof NotRunningError) {
    const { message: text } = error;
    return { kind: "not-running", text, fix: commandIn(text), exitCode: ExitCode.machine };
  }
  if (error instanceof PreflightError) {
    return {
      kind: "requirements",
      text: `This host does not meet the requirements. Nothing was changed.\n\n  ${error.message.replaceAll("\n", "\n  ")}`,
      fix: error.missing.map(({ fix }) => fix).join("\n"),
      exitCode: ExitCode.machine,
    };
  }
  if (error instanceof CommandError || error instanceof FileError || error instanceof TimeoutError) {
    return { kind: kindOf(error), text: error.message, exitCode: ExitCode.failed };
  }
  if (error instanceof LostMembersError) {
    const { message: text } = error;
    return { kind: "members", text, fix: commandIn(text), exitCode: ExitCode.failed };
  }
  if (error instanceof InterruptedError) {
    return { kind: "interrupted", text: "Interrupted.", exitCode: ExitCode.interrupted };
  }
  return isSystemError(error) ? describeSystemError(error) : describeBug(error);
}

/** Returns the failure of a command line that is wrong. */
export function usageFailure(text: string): Failure {
  return { kind: "usage", text, fix: commandIn(text), exitCode: ExitCode.usage };
}

/** Returns the command that one of our own messages names: "leaf1 is off; 'ikvswitch node start leaf1' starts it". */
function commandIn(text: string): string | undefined {
  return /'(ikvswitch [^'\n]+)'/.exec(text)?.[1];
}

function kindOf(error: CommandError | FileError | TimeoutError): FailureKind {
  if (error instanceof CommandError) {
    return "command";
  }
  return error instanceof FileError ? "file" : "timeout";
}

function describeSystemError({ message, code }: NodeJS.ErrnoException): Failure {
  const denied = (code === "EACCES" || code === "EPERM") && process.getuid?.() !== 0;
  const fix = "Run the command as root.";
  return denied
    ? { kind: "system", text: `${message}\n${fix}`, fix, exitCode: ExitCode.machine }
    : { kind: "system", text: message, exitCode: ExitCode.failed };
}

function describeBug(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: "bug",
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
