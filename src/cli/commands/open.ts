import { UsageError } from "../../errors.ts";
import { command, commandGroup } from "../command.ts";
import { endByInterrupt, type GlobalOptions, loadContext } from "../context.ts";

interface WiresharkOptions extends GlobalOptions {
  readonly node: string;
  readonly iface: string | undefined;
  /** The filter, which follows `--`. */
  readonly "--"?: readonly string[];
}

const wiresharkCommand = command<WiresharkOptions>({
  command: "wireshark <node> [iface]",
  describe: "Show the frames of a link in Wireshark (pcap filter: after --)",
  builder: (parser) =>
    parser
      .positional("node", {
        type: "string",
        describe: "Link: a switch with IFACE, leaf1:ens4, server1-3-1, a host interface or a bridge",
      })
      .positional("iface", { type: "string", describe: "Interface of the switch: ens4" })
      .example("$0 open wireshark leaf1 ens4", "watch the link to spine1")
      .example("$0 open wireshark leaf1 ens4 -- tcp port 179", "only BGP"),
  run: async (options) => {
    const { env } = process;
    const { hasScreen, wiresharkCommand: commandFor } = await import("../../capture/open-wireshark.ts");
    const { host, fabric } = await loadContext(options);
    const words = ["ikvswitch", "capture", options.node, options.iface, "-w", "-"];
    const remote = words.filter((word) => word !== undefined).join(" ");
    if (fabric.cluster !== undefined) {
      throw new UsageError(
        `the link is on a member of the cluster; let Wireshark read from there:\n  ${remote} | wireshark -k -i -`,
      );
    }
    const { captureTarget } = await import("../../capture/target.ts");
    const { captureCommand } = await import("../../capture/command.ts");
    const { checkCapture } = await import("../../capture/preflight.ts");
    const target = captureTarget(fabric, options.node, options.iface);
    if (!hasScreen(env)) {
      throw new UsageError(
        `Wireshark needs a screen, and DISPLAY is not set; on the machine with the screen run\n  ssh root@HOST ${remote} | wireshark -k -i -`,
      );
    }
    await checkCapture(host, target, ["tcpdump", "wireshark"]);
    const filter = options["--"] ?? [];
    const capture = captureCommand(target, { write: "-", count: null, seconds: null, filter });
    const { SUDO_USER: name, SUDO_UID: uid } = env;
    const user = name === undefined || uid === undefined ? null : { name, uid: Number(uid) };
    endByInterrupt();
    process.exitCode = await host.runInteractive(commandFor(capture, user, env));
  },
});

export const openCommand = commandGroup("open", "Open a program of your desktop on a part of the fabric", [
  wiresharkCommand,
]);
