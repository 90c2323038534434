import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { CommandError, TimeoutError } from "../../../errors.ts";
import type { Host } from "../../../system/host.ts";
import { connectToMachine } from "../connect.ts";
import type { NodeFolder } from "../node-folder.ts";

/** The way to a clone's inside, which waits for us to take leave before it starts more than routing. */
export interface CloneChannel {
  /** Tell it what time it is, since it stood still. */
  readonly tellTime: () => void;
  /** It starts its other services this many seconds later. */
  readonly leave: (servicesAfterS: number) => void;
}

/**
 * Make a clone that has just begun to run its node: give it the time, random bytes of its own and its files, a cpio
 * archive. Inside, guest/qemu/rootfs/usr/lib/ikvswitch/complete-clone waits for that since the warm base was made:
 * the guest agent would have to be woken, and to start programs, which takes an emulated machine half a second.
 * @throws CommandError with what the inside said when it fails; TimeoutError when it does not end in time.
 */
export async function completeClone(
  host: Host,
  folder: NodeFolder,
  files: Uint8Array,
  timeoutMs: number,
): Promise<CloneChannel> {
  const channel = await connectToMachine(host, "clone", folder.clone, Date.now() + timeoutMs);
  try {
    channel.write(`${time(Date.now())} ${randomBytes(SEED_BYTES).toString("hex")} ${files.length}\n`);
    channel.write(files);
    const { status, said } = await untilEnded(channel, timeoutMs);
    if (status !== 0) {
      throw new CommandError("complete-clone", status, said);
    }
  } catch (error) {
    channel.destroy();
    throw error;
  }
  // Its machine may end before we leave, and we may end without taking leave.
  channel.on("error", () => {});
  channel.unref();
  return {
    tellTime: () => channel.write(`${time(Date.now())}\n`),
    leave: (servicesAfterS) => channel.end(`after ${servicesAfterS}\n`),
  };
}

const SEED_BYTES = 64;

/** Seconds and nanoseconds. */
function time(milliseconds: number): string {
  const fraction = String(milliseconds % 1000).padStart(3, "0");
  return `${Math.floor(milliseconds / 1000)}.${fraction}000000`;
}

/** Its last line tells the status: 0 or 1. */
function untilEnded(
  channel: Duplex,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly said: string }> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(
      () => reject(new TimeoutError("configuring the clone", timeoutMs, said.trim() || "no output")),
      timeoutMs,
    );
    channel.on("data", (bytes: Buffer) => {
      said += bytes.toString("utf8");
      const end = /^ended (\d+)\n/m.exec(said);
      if (end !== null) {
        clearTimeout(timer);
        resolve({ status: Number(end[1]), said: said.slice(0, end.index) });
      }
    });
    const hungUp = () => {
      clearTimeout(timer);
      reject(new CommandError("complete-clone", undefined, said.trim() || "the VM powered off"));
    };
    channel.on("error", hungUp);
    channel.on("close", hungUp);
  });
}
