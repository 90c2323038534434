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

/** Returns the command in a form that ends when its input does: on a member, nobody else ends it. */
export function endingWithInput(command: Command): Command {
  return { ...command, file: "sh", args: ["-c", UNTIL_INPUT_ENDS, "sh", command.file, ...command.args] };
}

const UNTIL_INPUT_ENDS = `
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ cat <&3 >/dev/null; kill "$program"; } 2>/dev/null &
watch=$!
exec 3<&-
wait "$program"
code=$?
kill "$watch" 2>/dev/null
exit "$code"`;

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
