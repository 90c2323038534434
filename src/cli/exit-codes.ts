/** What the commands' exit codes mean. */
export const ExitCode = {
  done: 0,
  failed: 1,
  /** Wrong arguments or a wrong configuration; nothing was changed. */
  usage: 2,
  /** The machine lacks something; nothing was changed. */
  machine: 3,
  /** Checked, and not as planned. */
  drift: 4,
  /**
   * Cut short, as a shell reports a program that SIGINT ended. Views that go on until then are done instead, as with
   * top, watch and tcpdump.
   */
  interrupted: 130,
} as const;
