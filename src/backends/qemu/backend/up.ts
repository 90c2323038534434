import type { Settings } from "../../../config/settings.ts";
import type { Fabric, Node } from "../../../fabric/types.ts";
import { checkHostNetwork } from "../../../host/start.ts";
import { imageSource, nodeDisk } from "../../../image/source.ts";
import type { BootFiles } from "../../../image/store.ts";
import { checkFabricRoom } from "../../../nodes/check-room.ts";
import { ensureConsolePasswords } from "../../../nodes/console-passwords.ts";
import { leftoverNodes } from "../../../nodes/leftovers.ts";
import { listenAddress } from "../../../nodes/listen.ts";
import { DEFAULT_GRACE_MS } from "../../../nodes/machines.ts";
import { summary } from "../../../nodes/summary.ts";
import { loadTemplates } from "../../../nodes/templates.ts";
import { type Acceleration, chooseAccelerator } from "../../../qemu/accel.ts";
import { openStateFolder } from "../../../qemu/state-folder.ts";
import type { Host } from "../../../system/host.ts";
import { checkTogether } from "../../../system/preflight.ts";
import { processors } from "../../../system/processors.ts";
import type { Note } from "../../../system/progress.ts";
import type { Preflight, Started, UpRequest } from "../../model/backend.ts";
import { DISK_BYTES } from "../deliver.ts";
import { stopMachine } from "../machine.ts";
import { removeNode } from "../make-node-folders.ts";
import { nodeFolder } from "../node-folder.ts";
import { checkBmcs, checkPorts, checkSwitchHost, type SwitchHost } from "../preflight.ts";
import { isToStart, type NodeWork, prepareNodes } from "../prepare.ts";
import { machinePid } from "../process.ts";
import { type ProvidedWarmBases, provideWarmBases } from "../warm-base/provide.ts";
import { bringAll } from "./bring-all.ts";

/** Most space that the files of a new VM take in RUN_DIR. */
const RUN_MIB = 5;

/** Facts about the host that starting VMs depends on. */
interface Site extends SwitchHost, Acceleration, Required<Pick<Preflight, "network">> {}

interface Ready {
  readonly site: Site;
  readonly work: readonly NodeWork[];
  readonly warmBases: ProvidedWarmBases;
}

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
  const warmBases = await progress.step(
    "Prepare warm bases",
    (note) => warmStart(host, request, work, { ...site, boot, note }),
    (provided) => describeWarmBases(settings.boot, provided),
  );
  return {
    network: site.network,
    up: (deadline) => bootSwitches(host, request, { site, work, warmBases }, deadline),
  };
}

async function checkMachine(host: Host, { settings, fabric }: UpRequest): Promise<Site> {
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

/** Provides the warm bases of the nodes to be started. */
async function warmStart(
  host: Host,
  { settings, timeoutMs, onWarning }: UpRequest,
  work: readonly NodeWork[],
  found: Site & { readonly boot: BootFiles; readonly note: Note },
): Promise<ProvidedWarmBases> {
  const starting = work.filter(isToStart);
  if (settings.boot === "cold" || starting.length === 0) {
    return { sources: new Map(), made: 0 };
  }
  return provideWarmBases(
    host,
    starting.map(({ node }) => node),
    {
      ...found,
      runDir: settings.runDir,
      vncListen: listenAddress(settings),
      diskBytes: DISK_BYTES,
      atOnce: await processors(host),
      timeoutMs,
      mustHave: settings.boot === "warm",
      onWarning,
    },
  );
}

function describeWarmBases(wanted: Settings["boot"], { sources, made }: ProvidedWarmBases): string {
  const count = `${sources.size} switches will be cloned`;
  return wanted === "cold" ? "none: BOOT=cold" : made === 0 ? count : `${made} made; ${count}`;
}

function bootSwitches(
  host: Host,
  { settings, fabric, interrupted, progress, onWarning }: UpRequest,
  { site, work, warmBases }: Ready,
  deadline: number,
): Promise<Started> {
  return progress.step(
    "Boot the switches",
    async (note) => {
      await stopLeftovers(host, settings.runDir, fabric);
      return bringAll(host, work, {
        ...(interrupted === undefined ? {} : { interrupted }),
        runDir: settings.runDir,
        vncPassword: (await ensureConsolePasswords(host, settings)).vnc,
        deadline,
        atOnce: site.accelerator === "kvm" ? fabric.nodes.length : await processors(host),
        sources: warmBases.sources,
        mustClone: settings.boot === "warm",
        onWarning,
        note,
      });
    },
    ({ outcomes }) => summary(Object.values(outcomes)),
  );
}

/** Stops the switches of an earlier, larger fabric, and removes their files. */
async function stopLeftovers(host: Host, runDir: string, fabric: Fabric): Promise<void> {
  const names = await leftoverNodes(host, runDir, fabric);
  await Promise.all(
    names.map(async (name) => {
      const folder = nodeFolder(runDir, name);
      await stopMachine(host, folder, { graceMs: DEFAULT_GRACE_MS });
      await removeNode(host, folder);
    }),
  );
}
