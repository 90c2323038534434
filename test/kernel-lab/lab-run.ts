/** What to do in a lab machine. This project is in it, at /usr/src/ikvswitch. It has no network. */
export interface LabRun {
  /** Shell, run there as root. Files that it leaves in /root/results come back. */
  readonly command: string;
  /** Limit for all of it, from the start of the machine to its end. */
  readonly timeoutMs: number;
  /** Called with each line that the command prints, as it comes. */
  readonly onLine: (line: string) => void;
}

export interface LabResult {
  /** The command's. */
  readonly exitCode: number;
  /** The files in /root/results, by name. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Start the machine, run the command in it, and end it.
 * @throws Error with what its console printed, when the machine ends without a result or exceeds the limit.
 */
export type Lab = (run: LabRun) => Promise<LabResult>;
