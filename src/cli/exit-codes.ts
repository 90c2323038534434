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
