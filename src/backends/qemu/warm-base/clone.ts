import type { Host } from "../../../system/host.ts";
import type { MachineMemory } from "../command.ts";
import { pullCablesOfTapsDown, thawMachine } from "../faults.ts";
import { deriveLaunch, type LaunchSpec } from "../launch.ts";
import { loadState } from "../load-state.ts";
import { startMachine } from "../machine.ts";
import type { NodeFolder } from "../node-folder.ts";
import { withQmp } from "../qmp.ts";
import { completeClone } from "./complete.ts";

export interface CloneRequest {
  readonly folder: NodeFolder;
  /** How the machine is started when it boots. */
  readonly launch: LaunchSpec;
  /** The warm base's, which it gets a private copy of. */
  readonly memory: MachineMemory;
  /** Where to open a copy of the warm base's memory, which QEMU is to find open. Absent: it needs none. */
  readonly memoryCopy?: string;
  /** File with the state of the warm base's processor and devices. */
  readonly state: string;
  /** The node's files as a cpio archive. */
  readonly files: Uint8Array;
  readonly timeoutMs: number;
}

/** A machine that has become its node. */
export interface ReadyClone {
  /** Let it go on, with the right time. Until then an emulated one stands still. */
  readonly goOn: () => Promise<void>;
  /** Let it start the services that are not for routing, so many seconds later; it would by itself after half a minute. */
  readonly startServices: (afterS: number) => void;
}

/**
 * Start a node's machine as a clone of its warm base, whose folders and disk are ready, and make it the node: its
 * clock, its own random state, then its files, MACs and names, before any NIC is up or sshd runs.
 *
 * An emulated machine that waits for its neighbors takes a tenth of a processor from those that still start. So it
 * is stopped as soon as it is ready.
 * @throws CommandError, TimeoutError when it does not come that far; its machine may be running then.
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
    goOn: async () => {
      if (standsStill) {
        await tell("cont");
        channel.tellTime();
      }
    },
    startServices: channel.leave,
  };
}

const QMP_TIMEOUT_MS = 10_000;
