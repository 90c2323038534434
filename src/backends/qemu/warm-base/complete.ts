import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { CommandError, TimeoutError } from "../../../errors.ts";
import { connectToMachine } from "../../../qemu/connect.ts";
import type { Host } from "../../../system/host.ts";
import type { NodeFolder } from "../node-folder.ts";

/** A connection to complete-clone in the guest, which starts only routing until `leave` is called. */
export interface CloneChannel {
  /** Sends the time, since the clone was paused. */
  readonly tellTime: () => void;
  /**
   * Ends the conversation. The clone starts the services that are not for routing this many seconds later. Without this
   * it starts them by itself after half a minute.
   */
  readonly leave: (servicesAfterS: number) => void;
}

/**
 * Turns a clone that has just started into its node: sends it the time, random bytes of its own and its files, a cpio
 * archive. In the guest, guest/qemu/rootfs/usr/lib/ikvswitch/complete-clone has waited for them since the warm base was
 * made. The guest agent would have to wake up and start programs, which takes an emulated VM half a second.
 * @throws CommandError with complete-clone's error messages if it fails; TimeoutError if it does not end in time.
 */
export async function completeClone(
  host: Host,
  folder: NodeFolder,
  files: Uint8Array,
  timeoutMs: number,
): Promise<CloneChannel> {
  const channel = await connectToMachine(
    host,
    { what: `clone on ${folder.clone}`, socket: folder.clone },
    Date.now() + timeoutMs,
  );
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
  return conversation(channel);
}

/**
 * Connects again to complete-clone, which waits in a VM that is going to resume from a state that was saved since its
 * `ended`.
 * @throws CommandError, TimeoutError if the VM does not accept the connection.
 */
export async function rejoinClone(host: Host, folder: NodeFolder, timeoutMs: number): Promise<CloneChannel> {
  const place = { what: `clone on ${folder.clone}`, socket: folder.clone };
  return conversation(await connectToMachine(host, place, Date.now() + timeoutMs));
}

function conversation(channel: Duplex & { unref(): unknown }): CloneChannel {
  // The VM may end before `leave` is called, and this process may end without calling it.
  channel.on("error", () => {});
  channel.unref();
  return {
    tellTime: () => channel.write(`${time(Date.now())}\n`),
    leave: (servicesAfterS) => channel.end(`after ${servicesAfterS}\n`),
  };
}

const SEED_BYTES = 64;

/** Formats a time as seconds and nanoseconds. */
function time(milliseconds: number): string {
  const fraction = String(milliseconds % 1000).padStart(3, "0");
  return `${Math.floor(milliseconds / 1000)}.${fraction}000000`;
}

/** Reads complete-clone's output until its last line, which holds the status: 0 or 1. */
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
