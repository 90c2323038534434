import { command } from "../command.ts";
import { loadContext } from "../context.ts";
import { warn } from "../output.ts";
import { fabricMachines } from "../place.ts";
import { showOrWatch, type WatchOptions, withWatch } from "../watch.ts";

export const portsCommand = command<WatchOptions>({
  command: "ports",
  describe: "List rack positions: who is attached, with MACs, leases and BGP sessions",
  builder: withWatch,
  run: async (options) => {
    const context = await loadContext(options);
    const { observePositions } = await import("../../ports/observe.ts");
    const { formatPositions } = await import("../../ports/format.ts");
    const { networkHosts } = await import("../../hosts/network-host.ts");
    const { host, fabric, settings } = context;
    const observe = async () =>
      observePositions(
        await networkHosts(host, fabric, settings),
        fabric,
        await fabricMachines(context),
        warn,
      );
    await showOrWatch(options, observe, formatPositions, (positions) => ["ports", { positions }]);
  },
});
