import { CommandError, FileError, PreflightError } from "../errors.ts";
import type { StopOutcome } from "../nodes/machines.ts";
import { findTapHolders } from "../ports/holders.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";
import type { VmPlace } from "./folder.ts";
import { areRunning, findVms } from "./observe.ts";
import type { VmRecord } from "./record.ts";
import { prepareSite, type VmSiteRequest } from "./site.ts";
import { startVm } from "./start.ts";
import { removeUnfinished, stopVm } from "./stop.ts";

/**
 * Returns the VMs that `up` has to start: those that ran when the fabric or the host went down, and those with
 * autostart.
 */
export async function vmsToStart(host: Host, place: VmPlace): Promise<readonly VmRecord[]> {
  const wanted = (await findVms(host, place)).flatMap(({ record }) =>
    record !== null && (record.wanted || record.profile.autostart) ? [record] : [],
  );
  const running = await areRunning(host, place, wanted);
  return wanted.filter((_, index) => !running[index]);
}

/**
 * Starts these VMs. One that can't be started is no failure of the fabric: it is warned of.
 * @returns the names of those that were started.
 */
export async function startWithFabric(
  host: Host,
  request: Omit<VmSiteRequest, "progress">,
  vms: readonly VmRecord[],
): Promise<readonly string[]> {
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> =>
    work().catch((error: unknown) => {
      if (!(error instanceof PreflightError || error instanceof CommandError || error instanceof FileError)) {
        throw error;
      }
      request.onWarning(`${what} not started: ${error.message}`);
      return undefined;
    });
  const names = vms.map(({ name }) => name);
  const site = await attempt(names.join(", "), () =>
    prepareSite(
      host,
      { ...request, progress: QUIET },
      vms.map(({ profile }) => profile),
    ),
  );
  const holders = await findTapHolders(host);
  const started: string[] = [];
  for (const vm of site === undefined ? [] : vms) {
    if (site !== undefined && (await attempt(vm.name, () => startVm(host, site, vm, holders)))) {
      started.push(vm.name);
    }
  }
  return started;
}

/** They are one step of `up`. */
const QUIET: Progress = { step: (_, run) => run(() => {}) };

/** Stops all running VMs; the next `up` starts them again. Removes what killed commands have left. */
export async function stopWithFabric(
  host: Host,
  place: VmPlace,
  graceMs: number,
): Promise<Readonly<Record<string, StopOutcome>>> {
  await removeUnfinished(host, place);
  const vms = (await findVms(host, place)).flatMap(({ record }) => record ?? []);
  const running = await areRunning(host, place, vms);
  const outcomes = await Promise.all(
    vms
      .filter((_, index) => running[index])
      .map(async (vm) => [vm.name, await stopVm(host, place, vm, { graceMs, wanted: vm.wanted })] as const),
  );
  return Object.fromEntries(outcomes);
}
