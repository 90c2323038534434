/** A command for a lab machine, which has this project at /usr/src/ikvswitch and no network. */
export interface LabRun {
  /** Shell command, run there as root. Files that it leaves in /root/results are returned. */
  readonly command: string;
  /** Limit for the whole run, from the start of the machine to its end. */
  readonly timeoutMs: number;
  /** Called with each line of the command's output. */
  readonly onLine: (line: string) => void;
}

export interface LabResult {
  /** The command's exit code. */
  readonly exitCode: number;
  /** The files in /root/results, by name. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Starts the machine, runs the command in it, and ends the machine.
 * @throws Error with the console's output, if the machine ends without a result or exceeds the limit
 */
export type Lab = (run: LabRun) => Promise<LabResult>;
