import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { parseDuration } from "../duration.ts";
import { print, printJson } from "../output.ts";
import { fabricMachines } from "../place.ts";

interface PortsOptions extends GlobalOptions {
  readonly watch: boolean;
  readonly interval: string;
}

export const portsCommand = command<PortsOptions>({
  command: "ports",
  describe: "List rack positions: who is attached, with MACs, leases and BGP sessions",
  builder: (parser) =>
    parser
      .option("watch", { type: "boolean", default: false, describe: "Repeat until Ctrl-C" })
      .option("interval", {
        type: "string",
        default: "5s",
        requiresArg: true,
        describe: "Pause between repetitions of --watch (default: 5s)",
      }),
  run: async (options) => {
    const intervalMs = parseDuration("--interval", options.interval);
    const context = await loadContext(options);
    const { observePositions } = await import("../../ports/observe.ts");
    const { formatPositions } = await import("../../ports/format.ts");
    const observe = async () => observePositions(context.host, context.fabric, await fabricMachines(context));
    if (!options.watch) {
      const positions = await observe();
      options.json ? printJson(positions) : print(formatPositions(positions));
      return;
    }
    const { watch } = await import("../watch.ts");
    const format = (positions: Awaited<ReturnType<typeof observe>>) => `${formatPositions(positions)}\n`;
    await watch({ observe, format, intervalMs, json: options.json });
  },
});
