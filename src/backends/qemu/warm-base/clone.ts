import { withQmp } from "../../../qemu/qmp.ts";
import type { Host } from "../../../system/host.ts";
import type { MachineMemory } from "../command.ts";
import { pullCablesOfTapsDown, thawMachine } from "../faults.ts";
import { deriveLaunch, type LaunchSpec } from "../launch.ts";
import { loadState } from "../load-state.ts";
import { startMachine } from "../machine.ts";
import type { NodeFolder } from "../node-folder.ts";
import { type CloneChannel, completeClone } from "./complete.ts";

export interface CloneRequest {
  readonly folder: NodeFolder;
  /** Launch settings with which the VM would boot. */
  readonly launch: LaunchSpec;
  /** The warm base's memory, of which the VM gets a private copy. */
  readonly memory: MachineMemory;
  /** Path of the copy of the warm base's memory that QEMU must find open. Absent: it needs none. */
  readonly memoryCopy?: string;
  /** File with the state of the warm base's processor and devices. */
  readonly state: string;
  /** The node's files as a cpio archive. */
  readonly files: Uint8Array;
  readonly timeoutMs: number;
}

/** A VM that has become its node. */
export interface ReadyClone {
  /** Resumes it and sets its clock. An emulated clone is paused until then. */
  readonly resume: () => Promise<void>;
  /** See CloneChannel. */
  readonly leave: CloneChannel["leave"];
}

/**
 * Starts a node's VM, whose folders and disk are ready, as a clone of its warm base, and turns it into the node: sets
 * its clock and random state, then its files, MACs and names, before any NIC is up or sshd runs.
 *
 * An emulated VM that waits for its neighbors takes a tenth of a processor from those that are still starting. So it is
 * paused as soon as it is ready.
 * @throws CommandError, TimeoutError if it does not become ready; its VM may be running then.
 */
export async function startClone(host: Host, request: CloneRequest): Promise<ReadyClone> {
  const { folder } = request;
  const launch = deriveLaunch(request.launch, folder, request.memory);
  const deadline = Date.now() + request.timeoutMs;
  const remaining = () => Math.max(1, deadline - Date.now());
  await startMachine(host, folder, launch, request.memoryCopy);
  await loadState(host, folder, {
    state: request.state,
    capabilities: ["x-ignore-shared"],
    timeoutMs: remaining(),
  });
  await thawMachine(host, folder);
  await pullCablesOfTapsDown(host, folder, launch);
  const channel = await completeClone(host, folder, request.files, remaining());
  const standsStill = !launch.kvm;
  const tell = (word: "stop" | "cont") =>
    withQmp(host, { socket: folder.qmp, timeoutMs: QMP_TIMEOUT_MS }, (qmp) => qmp.execute(word));
  if (standsStill) {
    await tell("stop");
  }
  return {
    resume: async () => {
      if (standsStill) {
        await tell("cont");
        channel.tellTime();
      }
    },
    leave: channel.leave,
  };
}

const QMP_TIMEOUT_MS = 10_000;
