import { clip } from "./format/clip.ts";

/**
 * Every failure a user can meet is one of these. Anything else that reaches the command line is a
 * defect of ours and is reported as such.
 */

/** A problem in the configuration. `line` is 1-based; absent for defaults and `--set`. */
export interface ConfigProblem {
  /** File name as the user gave it, or `--set`, or `defaults`. */
  readonly file: string;
  readonly line?: number;
  readonly key?: string;
  /** Description of the error, and of correct values. */
  readonly message: string;
}

/** The configuration can't be used. Holds every problem found, not just the first. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(formatProblems(problems).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** A file that is no configuration can have a problem in every line. */
const MAX_SHOWN = 50;

/** Formats each of the first problems, and the number of the others. */
export function formatProblems(problems: readonly ConfigProblem[]): readonly string[] {
  const more = problems.length - MAX_SHOWN;
  return [
    ...problems.slice(0, MAX_SHOWN).map(formatProblem),
    ...(more > 0 ? [`and ${more.toLocaleString("en")} more`] : []),
  ];
}

/** Formats `file:line: key: message`, without unknown parts. */
export function formatProblem(problem: ConfigProblem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  return problem.key === undefined
    ? `${place}: ${problem.message}`
    : `${place}: ${problem.key}: ${problem.message}`;
}

/** The command line is invalid. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** A requirement that the host lacks, or a conflict. */
export interface MissingRequirement {
  /** The missing item or the conflict, in a few words. */
  readonly what: string;
  /** Reason why the emulator needs it. */
  readonly why: string;
  /** The package, setting or command that supplies it. */
  readonly fix: string;
}

/** The host can't do what was requested. Lists everything that is missing at once; nothing was changed. */
export class PreflightError extends Error {
  readonly missing: readonly MissingRequirement[];

  constructor(missing: readonly MissingRequirement[]) {
    super(missing.map((item) => `${item.what}\n    why: ${item.why}\n    fix: ${item.fix}`).join("\n"));
    this.name = "PreflightError";
    this.missing = missing;
  }
}

/** The switch or the network that a command is about does not run. Its message says how to start it. */
export class NotRunningError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NotRunningError";
  }
}

/** End of a command that has no exit code. */
export interface CommandEnd {
  /** The signal that killed it: `SIGABRT`. */
  readonly signal?: string;
  /** True if we killed it because its time was over. */
  readonly timedOut?: boolean;
}

/** A command failed. `stderr` is its error output; `cause` is set if it could not even start. */
export class CommandError extends Error {
  readonly command: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly end: CommandEnd;

  constructor(
    command: string,
    exitCode: number | undefined,
    stderr: string,
    cause?: unknown,
    end: CommandEnd = {},
  ) {
    const said = stderr.trim() === "" ? "" : `\n${indent(stderr.trim())}`;
    super(`${command}\n  ${howItFailed(exitCode, end)}${said}`, { cause });
    this.end = end;
    this.name = "CommandError";
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** A file can't be used: it is of another kind, too large, or not in our format. */
export class FileError extends Error {
  readonly path: string;
  /** "a FIFO, not a regular file". */
  readonly reason: string;

  constructor(path: string, reason: string, cause?: unknown) {
    super(`${path}: ${reason}`, { cause });
    this.name = "FileError";
    this.path = path;
    this.reason = reason;
  }
}

/** Members of a cluster do not answer. The command has done the rest, and its message says what is missing. */
export class LostMembersError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LostMembersError";
  }
}

/** Something did not happen in time. `waitedFor` follows "waiting for"; `lastSeen` is the last state observed. */
export class TimeoutError extends Error {
  readonly lastSeen: string;

  constructor(waitedFor: string, timeoutMs: number, lastSeen: string) {
    super(`timed out after ${timeoutMs / 1000} s waiting for ${waitedFor}\n${indent(lastSeen)}`);
    this.name = "TimeoutError";
    this.lastSeen = lastSeen;
  }
}

/** The user interrupted us. Completed work stays, and the next command can continue from it. */
export class InterruptedError extends Error {
  constructor() {
    super("interrupted");
    this.name = "InterruptedError";
  }
}

function howItFailed(exitCode: number | undefined, { signal, timedOut }: CommandEnd): string {
  if (exitCode !== undefined) {
    return `failed with exit code ${exitCode}`;
  }
  return signal === undefined || timedOut ? "failed" : `was killed by ${signal}`;
}

/** Limit on quoted text, which may be of any length if it comes from a switch. */
const MOST_QUOTED_CHARACTERS = 8_192;

function indent(text: string): string {
  return clip(text, MOST_QUOTED_CHARACTERS).replaceAll(/^/gm, "  ");
}
