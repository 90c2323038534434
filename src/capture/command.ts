import type { InterfaceName } from "../fabric/types.ts";
import type { Command } from "../system/host.ts";

export interface CaptureOptions {
  /** A file, or `-` for stdout; null prints a line for each frame. */
  readonly write: string | null;
  /** Stop after this many frames, or this long; null: when interrupted. */
  readonly count: number | null;
  readonly seconds: number | null;
  /** pcap-filter(7) */
  readonly filter: readonly string[];
}

/** Exit code of timeout(1) at the time limit. */
export const TIME_OVER = 124;

/**
 * Returns the tcpdump command for this interface. It ends with us. Addresses stay numbers: queries for names would pass
 * the very network that is captured.
 */
export function captureCommand(interfaceName: InterfaceName, options: CaptureOptions): Command {
  const { write, count, seconds, filter } = options;
  return {
    file: "setpriv",
    args: [
      ...["--pdeathsig", "TERM", "--"],
      // In the foreground, so that it stays in the terminal's process group and Ctrl-C reaches tcpdump.
      ...(seconds === null ? [] : ["timeout", "--foreground", "--signal=INT", `${seconds}`]),
      ...["tcpdump", "-n", "-i", interfaceName],
      // Writes each frame at once, for a user who is watching.
      ...(write === null ? ["-l"] : ["-U", "-w", write]),
      ...(count === null ? [] : ["-c", `${count}`]),
      // The words after this are never options, whatever they begin with.
      ...["--", ...filter],
    ],
  };
}
