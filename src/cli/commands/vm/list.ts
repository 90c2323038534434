import { command } from "../../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../../context.ts";
import { parseDuration } from "../../duration.ts";
import { print, printJson } from "../../output.ts";
import { fabricMachines } from "../../place.ts";
import { findRecord } from "./find-vm.ts";

interface ListOptions extends GlobalOptions {
  readonly watch: boolean;
  readonly interval: string;
}

export const listCommand = command<ListOptions>({
  command: "ls",
  describe: "List VMs: position, processor and memory in use, addresses, BGP sessions",
  builder: (parser) =>
    parser
      .option("watch", { alias: "w", type: "boolean", default: false, describe: "Repeat until Ctrl-C" })
      .option("interval", {
        type: "string",
        default: "5s",
        requiresArg: true,
        describe: "Pause between repetitions of --watch (default: 5s)",
      }),
  run: async (options) => {
    const intervalMs = parseDuration("--interval", options.interval);
    const context = await loadContext(options);
    const { formatVms } = await import("../../../vms/format.ts");
    if (!options.watch) {
      const vms = await observe(context);
      options.json ? printJson(vms) : print(formatVms(vms));
      return;
    }
    const { watch } = await import("../../watch.ts");
    const format = (vms: Awaited<ReturnType<typeof observe>>) => `${formatVms(vms)}\n`;
    await watch({ observe: () => observe(context), format, intervalMs, json: options.json });
  },
});

export const infoCommand = command<GlobalOptions & { readonly name: string }>({
  command: "info <name>",
  describe: "Show everything about a VM",
  builder: (parser) => parser.positional("name", { type: "string", describe: "VM: server1, ..." }),
  run: async (options) => {
    const context = await loadContext(options);
    const { formatVm } = await import("../../../vms/format.ts");
    const { profile } = await findRecord(context, options.name);
    const vm = (await observe(context)).find(({ name }) => name === options.name);
    if (vm !== undefined) {
      options.json ? printJson({ ...vm, settings: profile }) : print(formatVm(vm, profile));
    }
  },
});

async function observe(context: Context) {
  const { host, settings, fabric } = context;
  const [{ findVms, observeVms }, { observePositions }] = await Promise.all([
    import("../../../vms/observe.ts"),
    import("../../../ports/observe.ts"),
  ]);
  const vms = await findVms(host, settings);
  const positions =
    vms.length === 0 ? [] : await observePositions(host, fabric, await fabricMachines(context));
  return observeVms(host, settings, vms, positions);
}
