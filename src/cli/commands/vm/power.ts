import type { Argv } from "yargs";
import { UsageError } from "../../../errors.ts";
import type { VmOutcomes, VmPowerAction, VmStartRequest } from "../../../lab/vm-power.ts";
import { productFolders } from "../../../system/product-path.ts";
import type { FoundVm } from "../../../vms/observe.ts";
import type { VmRecord } from "../../../vms/record.ts";
import { command } from "../../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../../context.ts";
import { labOf } from "../../lab-of.ts";
import { lockFabric } from "../../lock-network.ts";
import { print, warn } from "../../output.ts";
import { printDocument } from "../../print-document.ts";
import { showProgress } from "../../progress.ts";
import { findNamed, findRecords } from "./find-vm.ts";
import { refreshBmcs } from "./refresh-bmcs.ts";

interface PowerOptions extends GlobalOptions {
  readonly vms: readonly string[];
  readonly force: boolean;
  readonly overcommit: boolean;
}

const describe = {
  start: "Start VMs",
  stop: "Shut VMs down; power them off after 30 seconds",
  restart: "Stop VMs, then start them",
  reset: "Press the reset button of VMs",
  rm: "Delete VMs with their disks",
} as const;

const force = {
  start: null,
  stop: "Cut the power instead",
  restart: "Cut the power instead of a shutdown",
  reset: null,
  rm: "Cut the power of running VMs first",
} as const;

type Action = keyof typeof describe;

export const startCommand = powerCommand("start", findRecords, changePower("start"));
export const stopCommand = powerCommand("stop", findRecords, changePower("stop"));
export const restartCommand = powerCommand("restart", findRecords, changePower("restart"));
export const resetCommand = powerCommand("reset", findRecords, changePower("reset"));

export const removeCommand = powerCommand("rm", findNamed, async (context, vms, options) => {
  const outcomes = await removeNamed(context, vms, options);
  await refreshBmcs(context, options);
  return outcomes;
});

function changePower(action: VmPowerAction) {
  return async (context: Context, records: readonly VmRecord[], options: PowerOptions) => {
    const { changeVmPower } = await import("../../../lab/vm-power.ts");
    const { force: cuts } = options;
    return changeVmPower(labOf(context), records, action, { ...startRequest(options), force: cuts });
  };
}

/** Returns how this command line wants VMs to be started. */
export function startRequest({
  json,
  overcommit,
}: Pick<PowerOptions, "json" | "overcommit">): VmStartRequest {
  return { product: productFolders(), overcommit, progress: showProgress({ quiet: json }), onWarning: warn };
}

function powerCommand<Vm>(
  action: Action,
  find: (context: Context, names: readonly string[]) => Promise<readonly Vm[]>,
  work: (context: Context, vms: readonly Vm[], options: PowerOptions) => Promise<VmOutcomes>,
) {
  const forcing = force[action];
  return command<PowerOptions>({
    command: `${action} <vms..>`,
    describe: describe[action],
    builder: (parser) => {
      parser.positional("vms", { array: true, type: "string", describe: "VMs: server1, ..." });
      if (forcing !== null) {
        parser.option("force", { type: "boolean", default: false, describe: forcing });
      }
      return action === "start" || action === "restart" ? withOvercommit(parser) : parser;
    },
    run: async (options) => {
      const context = await loadContext(options);
      const outcomes = await lockFabric(context, `vm ${action}`, async () =>
        work(context, await find(context, [...new Set(options.vms)]), options),
      );
      if (options.json) {
        printDocument("vm power", { action, vms: outcomes });
      } else {
        print(
          Object.entries(outcomes)
            .map(([name, outcome]) => `${name}: ${outcome}.`)
            .join("\n"),
        );
      }
    },
  });
}

export function withOvercommit(parser: Argv): Argv {
  return parser.option("overcommit", {
    type: "boolean",
    default: false,
    describe: "Start VMs even if the host lacks the memory for all of them",
  });
}

/** @throws UsageError if one runs, without --force. */
async function removeNamed(
  { host, settings }: Context,
  vms: readonly FoundVm[],
  { force: cuts }: PowerOptions,
): Promise<VmOutcomes> {
  const [{ removeUnfinished, removeVm }, { areRunning }] = await Promise.all([
    import("../../../vms/stop.ts"),
    import("../../../vms/observe.ts"),
  ]);
  const names = vms.map(({ name }) => name);
  const states = await areRunning(host, settings, vms);
  const running = names.filter((_, index) => states[index]);
  if (running.length > 0 && !cuts) {
    throw new UsageError(`running: ${running.join(", ")}; stop them first, or add --force`);
  }
  await Promise.all(names.map((name) => removeVm(host, settings, name)));
  await removeUnfinished(host, settings);
  return Object.fromEntries(names.map((name) => [name, "deleted"]));
}
