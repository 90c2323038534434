/** Exit codes of all commands. */
export const ExitCode = {
  done: 0,
  failed: 1,
  /** Wrong arguments or a wrong configuration; nothing was changed. */
  usage: 2,
  /** The host does not meet the requirements, or what the command is about does not run; nothing was changed. */
  machine: 3,
  /** The fabric differs from the plan. */
  drift: 4,
  /**
   * Interrupted: the code that a shell reports for a program ended by SIGINT. Commands that run until interrupted exit
   * with 0, as top, watch and tcpdump do.
   */
  interrupted: 130,
} as const;

/** What the exit codes mean to a user, in the order of help. */
export const EXIT_MEANINGS = [
  { code: ExitCode.done, meaning: "success" },
  { code: ExitCode.failed, meaning: "failure" },
  { code: ExitCode.usage, meaning: "usage or configuration error" },
  { code: ExitCode.machine, meaning: "host requirements not met or nothing runs" },
  { code: ExitCode.drift, meaning: "fabric not as planned" },
  { code: ExitCode.interrupted, meaning: "interrupted" },
] as const;
