import { command } from "../../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../../context.ts";
import { print } from "../../output.ts";
import { fabricMachines } from "../../place.ts";
import { printDocument } from "../../print-document.ts";
import { showOrWatch, type WatchOptions, withWatch } from "../../watch.ts";
import { findRecord } from "./find-vm.ts";

export const listCommand = command<WatchOptions>({
  command: "ls",
  describe: "List VMs: position, processor and memory in use, addresses, BGP sessions",
  builder: withWatch,
  run: async (options) => {
    const context = await loadContext(options);
    const { formatVms } = await import("../../../vms/format.ts");
    await showOrWatch(
      options,
      () => observe(context),
      formatVms,
      (vms) => ["vm ls", { vms }],
    );
  },
});

export const infoCommand = command<GlobalOptions & { readonly vm: string }>({
  command: "info <vm>",
  describe: "Show everything about a VM",
  builder: (parser) => parser.positional("vm", { type: "string", describe: "VM: server1, ..." }),
  run: async (options) => {
    const context = await loadContext(options);
    const { formatVm } = await import("../../../vms/format.ts");
    const { serverBmc } = await import("../../../fabric/server-bmc.ts");
    const { vmLimitsInForce } = await import("../../../vms/limits.ts");
    const { isPlanned, vmNics } = await import("../../../vms/nics.ts");
    const record = await findRecord(context, options.vm);
    const { profile, rack, position, boot, cd } = record;
    const nics = isPlanned(context.fabric, record) ? vmNics(context.fabric, record) : [];
    const bmc = serverBmc(context.fabric, rack, position)?.address.address.toString() ?? null;
    const vm = (await observe(context)).find(({ name }) => name === options.vm);
    if (vm !== undefined) {
      const limits =
        vm.state === "running" ? await vmLimitsInForce(context.host, context.settings, vm.name) : null;
      options.json
        ? printDocument("vm info", { ...vm, nics, bmc, boot, cd, settings: profile, limits })
        : print(formatVm(vm, profile, { nics, bmc, limits }));
    }
  },
});

async function observe(context: Context) {
  const { host, settings, fabric } = context;
  const [{ findVms, observeVms }, { observePositions }, { networkHosts }] = await Promise.all([
    import("../../../vms/observe.ts"),
    import("../../../ports/observe.ts"),
    import("../../../hosts/network-host.ts"),
  ]);
  const vms = await findVms(host, settings);
  const positions =
    vms.length === 0
      ? []
      : await observePositions(
          await networkHosts(host, fabric, settings),
          fabric,
          await fabricMachines(context),
        );
  return observeVms(host, settings, vms, positions);
}
