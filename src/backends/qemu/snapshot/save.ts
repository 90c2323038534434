import { CommandError } from "../../../errors.ts";
import { withQmp } from "../../../qemu/qmp.ts";
import type { Architecture } from "../../../system/architecture.ts";
import { mapAtOnce } from "../../../system/at-once.ts";
import type { EmulatorUser } from "../../../system/confine.ts";
import type { Host } from "../../../system/host.ts";
import { settleAll } from "../../../system/settle-all.ts";
import type { AttachedVm } from "../../model/snapshots.ts";
import { freezeMachine, thawMachine } from "../faults.ts";
import type { NodeFolder } from "../node-folder.ts";
import { pauseAttachedVm, resumeAttachedVm, saveAttachedVm } from "./attached-vm-save.ts";
import { copyMemoryCommand, findMemory, type MachineMemoryRanges } from "./memory.ts";
import { withPauseNoted } from "./pause.ts";
import { withBlock } from "./stream.ts";

export interface MachinesToSave {
  readonly runDir: string;
  readonly architecture: Architecture;
  readonly user: EmulatorUser;
  readonly nodes: readonly { readonly node: NodeFolder; readonly memoryMiB: number }[];
  /** Running VMs of the user. */
  readonly attachedVms: readonly AttachedVm[];
  /** Number of memories that are copied at the same time. */
  readonly atOnce: number;
  readonly afterwards: AfterSave;
}

/** What follows a save. */
export interface AfterSave {
  /** Resume the VMs. Otherwise they stay paused, for a caller that ends them. */
  readonly resume: boolean;
  /** Sync the files to disk, so that they survive a crash of the host. */
  readonly sync: boolean;
}

/**
 * Pauses these VMs together, saves the memory and the device state of each in `folder/NODE/memory` and
 * `folder/NODE/state`, and resumes all. Their timers stop too, so that none of them misses messages of another. They
 * are resumed after any failure; if this process is killed, the next command resumes them.
 * @returns how long they were paused, in ms.
 */
export async function saveMachines(host: Host, folder: string, request: MachinesToSave): Promise<number> {
  const { runDir, user } = request;
  const nodes = request.nodes.map(({ node }) => node);
  const group = ["-o", "0", "-g", String(user.gid)];
  const folders = nodes.map(({ name }) => `${folder}/${name}`);
  await host.run({ file: "install", args: ["-d", "-m", "0750", ...group, folder, ...folders] });
  // QEMU writes only to these files: in a folder that it owned, it could place links that root would then follow.
  const devices = nodes.map(({ name }) => devicesFile(folder, name));
  await host.run({ file: "touch", args: devices });
  await host.run({ file: "chown", args: [`${user.uid}:${user.gid}`, ...devices] });
  const ranges = await Promise.all(
    request.nodes.map(({ node, memoryMiB }) =>
      findMemory(host, node, { memoryMiB, architecture: request.architecture }),
    ),
  );
  const { attachedVms, afterwards } = request;
  const pausedMs = await withPauseNoted(
    host,
    runDir,
    { nodes: nodes.map(({ name }) => name), attachedVms, remains: !afterwards.resume },
    () =>
      whileFrozen(host, { nodes, attachedVms, resume: afterwards.resume }, async () => {
        await settleAll(nodes.map((node) => saveDevices(host, node, devicesFile(folder, node.name))));
        const work = nodes.flatMap(({ name }, at) => {
          const range = ranges[at];
          return range === undefined ? [] : [{ name, range }];
        });
        await mapAtOnce(work, request.atOnce, ({ name, range }) =>
          host.run(copyMemoryCommand(range.ram, memoryFile(folder, name))),
        );
        await settleAll(attachedVms.map((machine) => saveAttachedVm(host, folder, machine)));
      }),
  );
  await settleAll(
    nodes.map(({ name }, at) =>
      completeState(host, folder, name, ranges[at]).then(() => finish(host, request, folder, name)),
    ),
  );
  return pausedMs;
}

function devicesFile(folder: string, name: string): string {
  return `${folder}/${name}/devices`;
}

function memoryFile(folder: string, name: string): string {
  return `${folder}/${name}/memory`;
}

async function whileFrozen(
  host: Host,
  {
    nodes,
    attachedVms,
    resume,
  }: Pick<MachinesToSave, "attachedVms"> & {
    readonly nodes: readonly NodeFolder[];
    readonly resume: boolean;
  },
  work: () => Promise<void>,
): Promise<number> {
  const frozenAtMs = Date.now();
  let failure: { readonly error: unknown } | undefined;
  try {
    await settleAll([
      ...nodes.map((node) => freezeMachine(host, node)),
      ...attachedVms.map((machine) => pauseAttachedVm(host, machine)),
    ]);
    await work();
  } catch (error) {
    failure = { error };
  }
  if (failure === undefined && !resume) {
    return Date.now() - frozenAtMs;
  }
  const thawed = await Promise.allSettled([
    ...nodes.map((node) => thawMachine(host, node)),
    ...attachedVms.map((machine) => resumeAttachedVm(host, machine)),
  ]);
  const pausedMs = Date.now() - frozenAtMs;
  const names = [...nodes, ...attachedVms].map(({ name }) => name);
  const stuck = names.filter((_, at) => thawed[at]?.status === "rejected");
  if (stuck.length > 0) {
    // More urgent than the original failure.
    throw new CommandError("QMP cont", undefined, `cannot be resumed: ${stuck.join(", ")}`);
  }
  if (failure !== undefined) {
    throw failure.error;
  }
  return pausedMs;
}

const DEVICES_TIMEOUT_MS = 60_000;

/**
 * Every QEMU build has this command, despite its name. `live: false`: this VM resumes, and no other one takes over its
 * disks.
 */
async function saveDevices(host: Host, node: NodeFolder, file: string): Promise<void> {
  await withQmp(host, { socket: node.qmp, timeoutMs: DEVICES_TIMEOUT_MS }, (qmp) =>
    qmp.execute("xen-save-devices-state", { filename: file, live: false }),
  );
}

async function completeState(
  host: Host,
  folder: string,
  name: string,
  ranges: MachineMemoryRanges | undefined,
): Promise<void> {
  const own = `${folder}/${name}`;
  const state = await host.readBytes(devicesFile(folder, name));
  if (state === undefined) {
    throw new CommandError("QMP xen-save-devices-state", undefined, `${name}: QEMU wrote nothing`);
  }
  const firmware = ranges?.firmware;
  if (firmware === undefined) {
    await host.writeFile(`${own}/state`, state, 0o600);
  } else {
    await host.run(copyMemoryCommand(firmware, `${own}/firmware`));
    const content = (await host.readBytes(`${own}/firmware`)) ?? new Uint8Array();
    await host.writeFile(`${own}/state`, withBlock(state, { name: firmware.name, content }), 0o600);
    await host.remove(`${own}/firmware`);
  }
  await host.remove(devicesFile(folder, name));
}

/**
 * Digs smaller holes and makes root the only user who may write to the memory. Syncs the files to disk before the
 * manifest is written.
 */
async function finish(
  host: Host,
  { user, afterwards }: MachinesToSave,
  folder: string,
  name: string,
): Promise<void> {
  const memory = memoryFile(folder, name);
  await host.run({ file: "fallocate", args: ["--dig-holes", memory] });
  await host.run({ file: "chown", args: [`0:${user.gid}`, memory] });
  await host.run({ file: "chmod", args: ["0640", memory] });
  if (afterwards.sync) {
    await host.run({ file: "sync", args: [memory, `${folder}/${name}/state`] });
  }
}
