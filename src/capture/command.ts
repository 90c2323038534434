import type { InterfaceName } from "../fabric/types.ts";
import type { Command } from "../system/host.ts";

export interface CaptureOptions {
  /** A file, or `-` for stdout; null prints a line for each frame. */
  readonly write: string | null;
  /** Stop after so many frames, or so long; null: when interrupted. */
  readonly count: number | null;
  readonly seconds: number | null;
  /** pcap-filter(7) */
  readonly filter: readonly string[];
}

/** With which timeout(1) tells that the time was over. */
export const TIME_OVER = 124;

/**
 * tcpdump on this interface, which ends with us. Addresses stay numbers: names would have to be asked for over the
 * very network that is looked at.
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
      // Each frame at once: somebody watches.
      ...(write === null ? ["-l"] : ["-U", "-w", write]),
      ...(count === null ? [] : ["-c", `${count}`]),
      // What follows is no option, whatever it begins with.
      ...["--", ...filter],
    ],
  };
}
