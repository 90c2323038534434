import { DEFAULT_GRACE_MS } from "../nodes/machines.ts";
import { runnableFabric } from "../nodes/runs-plan.ts";
import { findTapHolders } from "../ports/holders.ts";
import type { ProductFolders } from "../system/product-path.ts";
import type { Progress } from "../system/progress.ts";
import { resetVm } from "../vms/boot.ts";
import { checkFit, observeHostUse } from "../vms/host-use.ts";
import type { VmRecord } from "../vms/record.ts";
import { prepareSite, type VmSite } from "../vms/site.ts";
import { startVm } from "../vms/start.ts";
import { stopVm } from "../vms/stop.ts";
import { type Lab, labMachines } from "./lab.ts";

export const VM_POWER_ACTIONS = ["start", "stop", "restart", "reset"] as const;
export type VmPowerAction = (typeof VM_POWER_ACTIONS)[number];

/** The outcome for each VM, by name, in a few words: `already running`. */
export type VmOutcomes = Readonly<Record<string, string>>;

export interface VmStartRequest {
  readonly product: Pick<ProductFolders, "guest">;
  /** True: VMs are started even if the host lacks the memory for all of them. */
  readonly overcommit: boolean;
  readonly progress: Progress;
  readonly onWarning: (text: string) => void;
}

export interface VmPowerRequest extends VmStartRequest {
  /** True: the power is cut, instead of a shutdown. */
  readonly force: boolean;
}

/**
 * Starts, stops or resets these VMs. The caller has the lock.
 * @throws PreflightError if the host lacks something; CommandError if QEMU fails, or a VM to be reset is off.
 */
export async function changeVmPower(
  lab: Lab,
  records: readonly VmRecord[],
  action: VmPowerAction,
  request: VmPowerRequest,
): Promise<VmOutcomes> {
  switch (action) {
    case "start": {
      const start = await prepareVmStart(lab, records, request);
      return start(records);
    }
    case "stop":
      return stopAll(lab, records, request);
    case "restart": {
      // Nothing is stopped before it is known that it can be started again.
      const site = await siteOf(lab, records, request);
      await stopAll(lab, records, request);
      return startAll(lab, records, site, request);
    }
    case "reset":
      return resetAll(lab, records, request);
  }
}

/**
 * Checks whether VMs can be started, which need not be made yet.
 * @returns what starts them.
 * @throws PreflightError if the host lacks something.
 */
export async function prepareVmStart(
  lab: Lab,
  records: readonly VmRecord[],
  request: VmStartRequest,
): Promise<(records: readonly VmRecord[]) => Promise<VmOutcomes>> {
  if (!request.overcommit) {
    checkFit(await observeHostUse(lab.host, lab.settings), records);
  }
  const site = await siteOf(lab, records, request);
  return (made) => startAll(lab, made, site, request);
}

async function siteOf(
  lab: Lab,
  records: readonly VmRecord[],
  { product, progress, onWarning }: VmStartRequest,
): Promise<VmSite> {
  const { host, settings } = lab;
  const fabric = runnableFabric({ machines: await labMachines(lab), fabric: lab.fabric });
  return prepareSite(
    host,
    { settings, fabric, guest: product.guest, progress, onWarning },
    records.map(({ profile }) => profile),
  );
}

async function startAll(
  { host }: Lab,
  records: readonly VmRecord[],
  site: VmSite,
  { progress }: VmStartRequest,
): Promise<VmOutcomes> {
  const title = records.length === 1 ? "Start the VM" : `Start ${records.length} VMs`;
  return progress.step(title, async (note) => {
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

async function stopAll(
  { host, settings }: Lab,
  records: readonly VmRecord[],
  { force, wanted = false }: { readonly force: boolean; readonly wanted?: boolean },
): Promise<VmOutcomes> {
  const graceMs = force ? 0 : DEFAULT_GRACE_MS;
  const outcomes = await Promise.all(
    records.map(
      async (record) =>
        [record.name, WORDS[await stopVm(host, settings, record, { graceMs, wanted })]] as const,
    ),
  );
  return Object.fromEntries(outcomes);
}

async function resetAll(
  lab: Lab,
  records: readonly VmRecord[],
  request: VmPowerRequest,
): Promise<VmOutcomes> {
  const again = records.some(({ boot }) => boot !== null);
  const site = again ? await siteOf(lab, records, request) : undefined;
  for (const record of records) {
    await resetVm(lab.host, lab.settings, record, {
      stop: () => stopAll(lab, [record], { force: true, wanted: true }),
      start: async () => site && startAll(lab, [record], site, request),
    });
  }
  return Object.fromEntries(records.map(({ name }) => [name, "reset"]));
}
