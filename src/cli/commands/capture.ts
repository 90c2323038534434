import type { Argv } from "yargs";
import { UsageError } from "../../errors.ts";
import { command } from "../command.ts";
import { endByInterrupt, type GlobalOptions, loadContext } from "../context.ts";
import { ExitCode } from "../exit-codes.ts";

interface CaptureWords extends GlobalOptions {
  readonly node: string;
  readonly iface: string | undefined;
  readonly write: string | undefined;
  readonly count: number | undefined;
  readonly seconds: number | undefined;
  /** The filter, which follows `--`. */
  readonly "--"?: readonly string[];
}

export const captureCommand = command<CaptureWords>({
  command: "capture <node> [iface]",
  describe: "Show or record the frames of a link (pcap filter: after --)",
  builder: (parser: Argv) =>
    parser
      .positional("node", {
        type: "string",
        describe: "Link: a switch with IFACE, leaf1:ens4, server1-3-1, a host interface or a bridge",
      })
      .positional("iface", { type: "string", describe: "Interface of the switch: ens4" })
      .option("write", {
        alias: "w",
        type: "string",
        requiresArg: true,
        describe: "Write a pcap file, or - for stdout",
      })
      .option("count", { type: "number", requiresArg: true, describe: "Stop after this many frames" })
      .option("seconds", { type: "number", requiresArg: true, describe: "Stop after this many seconds" })
      .example("$0 capture leaf1 ens4 -w - | wireshark -k -i -", "watch a link in Wireshark")
      .example("$0 capture leaf1 ens4 --count 3 -- tcp port 179", "show three BGP segments"),
  run: async (options) => {
    const { host, fabric } = await loadContext(options);
    const { captureTarget } = await import("../../capture/target.ts");
    const { captureCommand: commandFor, TIME_OVER } = await import("../../capture/command.ts");
    const { checkCapture } = await import("../../capture/preflight.ts");
    const target = captureTarget(fabric, options.node, options.iface);
    const count = positive("count", options.count);
    if (count !== null && !Number.isInteger(count)) {
      throw new UsageError("invalid value of --count: not a whole number");
    }
    const command = commandFor(target, {
      write: options.write ?? null,
      count,
      seconds: positive("seconds", options.seconds),
      filter: options["--"] ?? [],
    });
    await checkCapture(host, target);
    endByInterrupt();
    const exitCode = await host.runInteractive(command);
    process.exitCode = exitCode === 0 || exitCode === TIME_OVER ? ExitCode.done : ExitCode.failed;
  },
});

function positive(name: string, value: number | undefined): number | null {
  if (value !== undefined && !(value > 0)) {
    throw new UsageError(`invalid value of --${name}: not a number above 0`);
  }
  return value ?? null;
}
