import type { Fabric, Node } from "../../../fabric/types.ts";
import { checkHostNetwork } from "../../../host/start.ts";
import { imageSource, nodeDisk } from "../../../image/source.ts";
import type { BootFiles } from "../../../image/store.ts";
import { checkFabricRoom } from "../../../nodes/check-room.ts";
import { summary } from "../../../nodes/summary.ts";
import { loadTemplates } from "../../../nodes/templates.ts";
import { chooseAccelerator } from "../../../qemu/accel.ts";
import { openStateFolder } from "../../../qemu/state-folder.ts";
import type { Host } from "../../../system/host.ts";
import { checkTogether } from "../../../system/preflight.ts";
import type { Preflight, UpRequest } from "../../model/backend.ts";
import { nodeFolder } from "../node-folder.ts";
import { checkBmcs, checkPorts, checkSwitchHost } from "../preflight.ts";
import { type NodeWork, prepareNodes } from "../prepare.ts";
import { machinePid } from "../process.ts";
import { describeFound, findSavedFabric, type ResumableFabric } from "../saved-fabric/find.ts";
import { savedFabricsFolder } from "../saved-fabric/store.ts";
import { prepareWarmBases, type Site } from "./prepare-warm-bases.ts";
import { startSwitches } from "./start-switches.ts";

/** Most space that the files of a new VM take in RUN_DIR. */
const RUN_MIB = 5;

/**
 * Checks the requirements of switches as virtual machines, and makes the image, each switch's files and the warm bases.
 * In a running fabric, only the changes are applied.
 */
export async function prepareMachinesUp(host: Host, request: UpRequest): Promise<Preflight> {
  const { settings, product, progress } = request;
  const site = await progress.step(
    "Check this host",
    () => checkMachine(host, request),
    ({ accelerator, reason }) => (reason === "" ? accelerator : `${accelerator}, ${reason}`),
  );
  const boot = await progress.step(
    "Prepare the image",
    (note) => imageSource(host, settings, product.guest).provide(site.architecture, note),
    ({ root }) => root,
  );
  const work = await progress.step(
    "Render configuration files",
    () => render(host, request, site, boot),
    (nodes) => summary(nodes.map(({ action }) => action)),
  );
  const saved = await findSaved(host, request, work, { ...site, boot });
  const switches = { site, boot, work };
  const warmBases = saved === undefined ? await prepareWarmBases(host, request, switches) : undefined;
  return {
    network: site.network,
    up: (deadline) => startSwitches(host, request, { ...switches, saved, warmBases }, deadline),
  };
}

/** Finds the saved fabric from which the switches can resume; undefined also if some of them run. */
async function findSaved(
  host: Host,
  { settings, fresh, keepFaults, progress }: UpRequest,
  work: readonly NodeWork[],
  { boot, ...site }: Site & { readonly boot: BootFiles },
): Promise<ResumableFabric | undefined> {
  const areAllOff = work.every(({ action }) => action === "start");
  if (fresh || !areAllOff || (await host.list(savedFabricsFolder(settings.stateDir))).length === 0) {
    return undefined;
  }
  const found = await progress.step(
    "Compare the saved fabric",
    () => findSavedFabric(host, { settings, site, imageFolder: boot.folder, work, keepFaults }),
    describeFound,
  );
  return found.state === "fit" ? found.saved : undefined;
}

/** Facts about the host: those that starting VMs depends on, and its network. */
interface CheckedHost extends Site, Required<Pick<Preflight, "network">> {}

async function checkMachine(host: Host, { settings, fabric }: UpRequest): Promise<CheckedHost> {
  const stopped = await stoppedNodes(host, settings.runDir, fabric);
  const [switchHost, network] = await checkTogether(
    checkSwitchHost(host, settings.emulatorUser, stopped),
    checkHostNetwork(host, fabric, settings),
    checkPorts(host, settings, { all: fabric.nodes, vnc: stopped }),
    checkBmcs(host, settings),
    checkFabricRoom(host, { settings, runMiB: RUN_MIB, nodes: fabric.nodes }),
  );
  const stateDir = settings.stateDir;
  await openStateFolder(host, stateDir, switchHost.user);
  return {
    ...switchHost,
    network,
    ...(await chooseAccelerator(host, { ...switchHost, wanted: settings.accel, stateDir })),
  };
}

async function stoppedNodes(host: Host, runDir: string, fabric: Fabric): Promise<readonly Node[]> {
  const pids = await Promise.all(fabric.nodes.map((node) => machinePid(host, nodeFolder(runDir, node.name))));
  return fabric.nodes.filter((_, index) => pids[index] === undefined);
}

async function render(
  host: Host,
  { settings, fabric, product, afterStop, onWarning }: UpRequest,
  site: Site,
  boot: BootFiles,
): Promise<readonly NodeWork[]> {
  const work = await prepareNodes(host, {
    settings,
    fabric,
    templates: await loadTemplates(host, product.templates),
    switchHost: site,
    accelerator: site.accelerator,
    boot,
    nodeDisk,
    onWarning,
  });
  return afterStop ? work.map((one) => ({ ...one, action: "start" })) : work;
}
