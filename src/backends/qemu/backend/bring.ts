import { DEFAULT_GRACE_MS } from "../../../nodes/machines.ts";
import type { NodeOutcome } from "../../../nodes/outcome.ts";
import { withQmp } from "../../../qemu/qmp.ts";
import type { Host } from "../../../system/host.ts";
import { settleAll } from "../../../system/settle-all.ts";
import { readStateText } from "../../../system/state-file.ts";
import { waitForBoot } from "../boot.ts";
import { updateRunning } from "../deliver.ts";
import { powerOff, powerOn, stopMachine } from "../machine.ts";
import type { MemoryCopies } from "../memory-copies.ts";
import type { NodeFolder } from "../node-folder.ts";
import type { NodeWork } from "../prepare.ts";
import { prepareStarts } from "../prepare-starts.ts";
import { type ReadyClone, startClone } from "../warm-base/clone.ts";
import type { CloneSource } from "../warm-base/provide.ts";

export interface BringOptions {
  readonly runDir: string;
  readonly vncPassword: string;
  /** Limit for one node's boot, on a host that boots others at the same time. */
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
}

/**
 * Brings a node to the planned state, and returns when its guest agent answers.
 * @throws CommandError with QEMU's error message or the tail of the console if its VM does not start or boot.
 */
export async function bringNode(host: Host, work: NodeWork, options: BringOptions): Promise<NodeOutcome> {
  const { folder } = work;
  switch (work.action) {
    case "keep":
      return "kept";
    case "update": {
      const outcome = await updateRunning(host, folder, work.delivery);
      await setVncPassword(host, folder, options.vncPassword);
      if (outcome === "rebooted") {
        await waitForBoot(host, folder, options);
      }
      return outcome;
    }
    case "restart":
      await stopMachine(host, folder, { graceMs: DEFAULT_GRACE_MS });
      await start(host, work, options);
      return "restarted";
    case "start":
      await start(host, work, options);
      return "started";
  }
}

/**
 * Starts a node's VM as a clone of its warm base, to the point where it can resume as the node.
 * @throws CommandError, TimeoutError if it does not reach that point; its VM is off then.
 */
export async function cloneNode(
  host: Host,
  work: NodeWork,
  source: CloneSource,
  options: BringOptions & { readonly copies: MemoryCopies },
): Promise<ReadyClone> {
  const { folder } = work;
  if (work.action === "restart") {
    await stopMachine(host, folder, { graceMs: DEFAULT_GRACE_MS });
  }
  // Waits for both before it reports a failure: booting instead would repeat the second one's work.
  const [memoryCopy] = await settleAll([
    options.copies.of(source.memory.source),
    prepareStarts(host, [work], options),
  ]);
  const { cloning } = folder;
  await host.writeFile(cloning, "");
  try {
    const ready = await startClone(host, {
      ...source,
      ...(memoryCopy === undefined ? {} : { memoryCopy }),
      folder,
      launch: work.launch,
      files: work.delivery.archive,
      timeoutMs: Math.min(CLONE_TIMEOUT_MS, options.timeoutMs),
    });
    return {
      ...ready,
      resume: async () => {
        await ready.resume();
        await host.remove(cloning);
      },
    };
  } catch (error) {
    await powerOff(host, folder);
    await host.remove(cloning);
    throw error;
  }
}

/** Clones take at most three seconds if nine share two processors under emulation. */
const CLONE_TIMEOUT_MS = 45_000;

async function start(host: Host, work: NodeWork, options: BringOptions): Promise<void> {
  await prepareStarts(host, [work], options);
  await powerOn(host, work.folder);
  await waitForBoot(host, work.folder, options);
}

/** Changes the password of the running VM, and the file for its next start. VNC uses only the first 8 characters. */
async function setVncPassword(host: Host, folder: NodeFolder, vncPassword: string): Promise<void> {
  if ((await readStateText(host, folder.vncPassword)) !== vncPassword) {
    await withQmp(host, { socket: folder.qmp, timeoutMs: 5_000 }, (qmp) =>
      qmp.execute("set_password", { protocol: "vnc", password: vncPassword }),
    );
    await host.writeFile(folder.vncPassword, vncPassword);
  }
}
