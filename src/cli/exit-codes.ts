/** Exit codes of all commands. */
export const ExitCode = {
  done: 0,
  failed: 1,
  /** Wrong arguments or a wrong configuration; nothing was changed. */
  usage: 2,
  /** The host does not meet the requirements; nothing was changed. */
  machine: 3,
  /** The fabric differs from the plan. */
  drift: 4,
  /**
   * Interrupted, as a shell reports a program that SIGINT ended. Commands that run until interrupted exit with 0, as
   * top, watch and tcpdump do.
   */
  interrupted: 130,
} as const;
