import type { Argv } from "yargs";
import { UsageError } from "../../errors.ts";
import type { InterfaceName } from "../../fabric/types.ts";
import { command } from "../command.ts";
import { type Context, endByInterrupt, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { ExitCode } from "../exit-codes.ts";
import { passOnBytes } from "../output.ts";
import { fabricHosts } from "../place.ts";

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
    const context = await loadContext(options);
    const { captureTarget } = await import("../../capture/target.ts");
    const { captureCommand: commandFor, TIME_OVER } = await import("../../capture/command.ts");
    const { checkCapture } = await import("../../capture/preflight.ts");
    const target = captureTarget(context.fabric, options.node, options.iface);
    const count = positive("count", options.count);
    if (count !== null && !Number.isInteger(count)) {
      throw new UsageError("invalid value of --count: not a whole number");
    }
    const seconds = positive("seconds", options.seconds);
    const filter = options["--"] ?? [];
    if (context.fabric.cluster !== undefined) {
      endByInterrupt();
      return captureOnMember(context, { target, count, seconds, filter, write: options.write });
    }
    const { host } = context;
    const command = commandFor(target, { write: options.write ?? null, count, seconds, filter });
    await checkCapture(host, target);
    endByInterrupt();
    const exitCode = await host.runInteractive(command);
    process.exitCode = exitCode === 0 || exitCode === TIME_OVER ? ExitCode.done : ExitCode.failed;
  },
});

interface MemberCapture {
  readonly target: InterfaceName;
  readonly count: number | null;
  readonly seconds: number | null;
  readonly filter: readonly string[];
  /** File on this host, or `-`. */
  readonly write: string | undefined;
}

/** Captures on the member that has the link. The frames come here. */
async function captureOnMember(context: Context, request: MemberCapture): Promise<void> {
  const { captureFrames } = await import("../../lab/capture.ts");
  const { target, write, ...limits } = request;
  const frames = await captureFrames(await fabricHosts(context), {
    ...limits,
    interface: target,
    form: write === undefined ? "text" : "pcap",
    maxBytes: Number.POSITIVE_INFINITY,
    signal: interrupted,
  });
  if (write === undefined || write === "-") {
    const pass = passOnBytes("stdout", write === "-");
    for await (const bytes of frames) {
      await pass(bytes);
      if (!process.stdout.writable) {
        // The reader has left.
        return;
      }
    }
    return;
  }
  const { createWriteStream } = await import("node:fs");
  const { pipeline } = await import("node:stream/promises");
  await pipeline(frames, createWriteStream(write, { mode: 0o600 }));
}

function positive(name: string, value: number | undefined): number | null {
  if (value !== undefined && !(value > 0)) {
    throw new UsageError(`invalid value of --${name}: not a number above 0`);
  }
  return value ?? null;
}
