import { TAPS } from "../../../host/model/switch-ports.ts";
import { listenAddress } from "../../../nodes/listen.ts";
import { USERS_LOG } from "../../../qemu/users-file.ts";
import { findArchitecture } from "../../../system/architecture.ts";
import type { Host } from "../../../system/host.ts";
import type { Backend, Presence } from "../../model/backend.ts";
import { readLaunchFile } from "../launch-file.ts";
import { nodeFolder, nodeFolders } from "../node-folder.ts";
import { machinePid } from "../process.ts";

/** Switches as virtual machines. Modules that not every command needs are loaded on demand. */
export const qemuBackend: Backend = {
  name: "qemu",
  kind: "virtual machines",
  presence,
  nodes: async (host, runDir) => (await import("../machines.ts")).qemuMachines(host, runDir),
  switchPorts: async () => TAPS,
  preflight: async (host, request) => (await import("./up.ts")).prepareMachinesUp(host, request),
  compare: async (host, request) => (await import("./compare.ts")).compareMachines(host, request),
  down: async (host, runDir, options) => (await import("../down.ts")).stopMachines(host, runDir, options),
  rendering: async (_, fabric) => ({ fabric }),
  examine: async (host, request) => (await import("../examine.ts")).examineForMachines(host, request),
  stateFiles: async (host, runDir, nodeName) => {
    const folder = nodeFolder(runDir, nodeName);
    return [{ path: folder.launch, file: await readLaunchFile(host, folder) }];
  },
  console: {
    attach: async (host, runDir, nodeName, terminal) =>
      (await import("../../../qemu/console.ts")).attachConsole(
        host,
        nodeFolder(runDir, nodeName).serial,
        terminal,
      ),
  },
  vnc: { listenAddress },
  bmc: { switches: async (host, config) => (await import("../bmc-switches.ts")).bmcSwitches(host, config) },
  snapshots: {
    list: async (host, stateDir) =>
      (await (await import("../snapshot/store.ts")).listSnapshots(host, stateDir)).map(({ name, image }) => ({
        name,
        image: image.id,
      })),
    inspect: async (host, request) =>
      (await import("../snapshot/inspect.ts")).inspectSnapshots(host, request),
    remove: async (host, stateDir, name) =>
      host.remove((await import("../snapshot/store.ts")).snapshotFolder(stateDir, name)),
    prepareSave: async (host, request) =>
      (await import("../snapshot/prepare-save.ts")).prepareSave(host, request),
    prepareRestore: async (host, request) =>
      (await import("../snapshot/prepare-restore.ts")).prepareRestore(host, request),
    resumePaused: async (host, runDir) => (await import("../snapshot/pause.ts")).resumePaused(host, runDir),
  },
  savedFabrics: {
    list: async (host, stateDir) =>
      (await import("../saved-fabric/store.ts")).listSavedFabrics(host, stateDir),
    prepareKeep: async (host, request) =>
      (await import("../saved-fabric/save.ts")).prepareKeep(host, request),
    remove: async (host, stateDir, kind) =>
      (await import("../saved-fabric/store.ts")).removeSavedFabric(host, stateDir, kind),
  },
  images: {
    warmBases: async (host, stateDir, images) =>
      (await import("../warm-base/images.ts")).allWarmBases(host, stateDir, images),
    remove: async (host, stateDir, id) =>
      (await import("../saved-fabric/images.ts")).removeStoredOrSaved(host, stateDir, id),
    prune: async (host, request) => (await import("../saved-fabric/images.ts")).pruneWithSaved(host, request),
  },
  emulator: {
    program: async (host) =>
      (await import("../../../qemu/options.ts")).qemuProgram(await findArchitecture(host)),
    log: async (host, runDir, nodeName) =>
      (await host.readFile(nodeFolder(runDir, nodeName).qemuLog, USERS_LOG)) ?? "",
  },
};

/** Ignores VMs that are off: the configuration decides what runs next, not the files that they left. */
async function presence(host: Host, runDir: string): Promise<Presence> {
  const folders = await nodeFolders(host, runDir);
  const pids = await Promise.all(folders.map((folder) => machinePid(host, folder)));
  return pids.some((pid) => pid !== undefined) ? "running" : "absent";
}
