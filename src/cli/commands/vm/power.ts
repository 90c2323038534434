import type { Argv } from "yargs";
import { UsageError } from "../../../errors.ts";
import { DEFAULT_GRACE_MS } from "../../../nodes/machines.ts";
import { productFolders } from "../../../system/product-path.ts";
import type { FoundVm } from "../../../vms/observe.ts";
import type { VmRecord } from "../../../vms/record.ts";
import type { VmSite } from "../../../vms/site.ts";
import { command } from "../../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../../context.ts";
import { lockFabric } from "../../lock-network.ts";
import { print, warn } from "../../output.ts";
import { fabricMachines } from "../../place.ts";
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
type Outcomes = Readonly<Record<string, string>>;

export const startCommand = powerCommand("start", findRecords, startRecords);

export const stopCommand = powerCommand("stop", findRecords, stopRecords);

export const restartCommand = powerCommand("restart", findRecords, async (context, records, options) => {
  // Nothing is stopped before it is known that it can be started again.
  const site = await siteFor(context, records, options);
  await stopRecords(context, records, options);
  return startAll(context, records, { ...options, site });
});

export const resetCommand = powerCommand("reset", findRecords, async (context, records, options) => {
  const { resetVm } = await import("../../../vms/boot.ts");
  const again = records.some(({ boot }) => boot !== null);
  const site = again ? await siteFor(context, records, options) : undefined;
  for (const record of records) {
    await resetVm(context.host, context.settings, record, {
      stop: () => stopRecords(context, [record], { force: true, wanted: true }),
      start: async () => site && startAll(context, [record], { ...options, site }),
    });
  }
  return Object.fromEntries(records.map(({ name }) => [name, "reset"]));
});

export const removeCommand = powerCommand("rm", findNamed, async (context, vms, options) => {
  const outcomes = await removeNamed(context, vms, options);
  await refreshBmcs(context, options);
  return outcomes;
});

function powerCommand<Vm>(
  action: Action,
  find: (context: Context, names: readonly string[]) => Promise<readonly Vm[]>,
  work: (context: Context, vms: readonly Vm[], options: PowerOptions) => Promise<Outcomes>,
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

type StartOptions = Pick<PowerOptions, "json" | "overcommit">;

/** Starts VMs that don't run. @returns the outcome of each, as printed for the user. */
async function startRecords(
  context: Context,
  records: readonly VmRecord[],
  options: StartOptions,
): Promise<Outcomes> {
  const start = await prepareStart(context, records, options);
  return start(records);
}

/**
 * Checks whether VMs can be started, which need not be made yet.
 * @returns what starts them, as `startRecords` does.
 * @throws PreflightError if the host lacks something.
 */
export async function prepareStart(
  context: Context,
  records: readonly VmRecord[],
  options: StartOptions,
): Promise<(records: readonly VmRecord[]) => Promise<Outcomes>> {
  const { checkFit, observeHostUse } = await import("../../../vms/host-use.ts");
  if (!options.overcommit) {
    checkFit(await observeHostUse(context.host, context.settings), records);
  }
  const site = await siteFor(context, records, options);
  return (made) => startAll(context, made, { ...options, site });
}

async function siteFor(
  context: Context,
  records: readonly VmRecord[],
  { json }: StartOptions,
): Promise<VmSite> {
  const { host, settings, fabric } = context;
  const { prepareSite } = await import("../../../vms/site.ts");
  const { runnableFabric } = await import("../../../nodes/runs-plan.ts");
  const machines = await fabricMachines(context);
  return prepareSite(
    host,
    {
      settings,
      fabric: runnableFabric({ machines, fabric }),
      guest: productFolders().guest,
      progress: showProgress({ quiet: json }),
      onWarning: warn,
    },
    records.map(({ profile }) => profile),
  );
}

async function startAll(
  { host }: Context,
  records: readonly VmRecord[],
  { json, site }: StartOptions & { readonly site: VmSite },
): Promise<Outcomes> {
  const { startVm } = await import("../../../vms/start.ts");
  const { findTapHolders } = await import("../../../ports/holders.ts");
  const title = records.length === 1 ? "Start the VM" : `Start ${records.length} VMs`;
  return showProgress({ quiet: json }).step(title, async (note) => {
    const holders = await findTapHolders(host);
    const outcomes: Record<string, string> = {};
    for (const record of records) {
      note(record.name);
      outcomes[record.name] = (await startVm(host, site, record, holders)) ? "started" : "already running";
    }
    return outcomes;
  });
}

const WORDS = { "was off": "already off", clean: "stopped", forced: "power cut" } as const;

async function stopRecords(
  { host, settings }: Context,
  records: readonly VmRecord[],
  { force: cuts, wanted = false }: { readonly force: boolean; readonly wanted?: boolean },
): Promise<Outcomes> {
  const { stopVm } = await import("../../../vms/stop.ts");
  const graceMs = cuts ? 0 : DEFAULT_GRACE_MS;
  const outcomes = await Promise.all(
    records.map(
      async (record) =>
        [record.name, WORDS[await stopVm(host, settings, record, { graceMs, wanted })]] as const,
    ),
  );
  return Object.fromEntries(outcomes);
}

/** @throws UsageError if one runs, without --force. */
async function removeNamed(
  { host, settings }: Context,
  vms: readonly FoundVm[],
  { force: cuts }: PowerOptions,
): Promise<Outcomes> {
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
