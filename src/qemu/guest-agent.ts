import { CommandError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { connectToMachine } from "./connect.ts";
import { errorOf, type JsonChannel, jsonChannel, returned } from "./json-channel.ts";

/** A conversation with the QEMU guest agent in a VM. It needs no network. */
export interface GuestAgent {
  /**
   * Runs an agent command and returns its result.
   * @throws CommandError with the agent's error message if it refuses, or if the VM ends.
   * @throws TimeoutError if it does not answer in time.
   */
  execute(command: string, commandArguments?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** A VM as the user knows it. */
export interface AgentMachine {
  readonly name: string;
  /** Command that starts it: `ikvswitch node start leaf1`. */
  readonly start: string;
}

export interface AgentOptions {
  readonly socket: string;
  /** Its VM, for messages; absent: they name the socket. */
  readonly machine?: AgentMachine;
  /**
   * Limit for the whole conversation. A VM that boots answers as soon as its agent runs: messages sent before that wait
   * in the channel. The agent serves one client at a time; this waits for the others.
   */
  readonly timeoutMs: number;
}

/** The agent keeps up to 16 MiB each of a program's stdout and stderr, and sends them as base64 (qga/commands.c). */
const MAX_BYTES = 48 * 1024 * 1024;
const ASK_AGAIN_MS = 5_000;

/** Connects, synchronises, works, and disconnects. */
export async function withGuestAgent<T>(
  host: Host,
  { socket, machine, timeoutMs }: AgentOptions,
  work: (agent: GuestAgent) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  const what = machine === undefined ? `guest agent on ${socket}` : `guest agent of ${machine.name}`;
  const off = machine && { off: `${machine.name} is off; '${machine.start}' starts it` };
  const channel = jsonChannel(await connectToMachine(host, { what, socket, ...off }, deadline), {
    name: `the ${what}`,
    silence: "the VM runs, but its guest agent does not answer",
    timeoutMs,
    deadline,
    maxBytes: MAX_BYTES,
  });
  try {
    await synchronise(channel);
    return await work({
      execute: async (command, commandArguments) => {
        channel.send({ execute: command, ...(commandArguments && { arguments: commandArguments }) });
        const reply = await channel.next();
        const refusal = errorOf(reply);
        if (refusal !== undefined) {
          throw new CommandError(`guest agent ${command}`, undefined, refusal);
        }
        return returned(reply, `guest agent ${command}`);
      },
    });
  } finally {
    channel.close();
  }
}

/**
 * Skips the rest of an earlier client's conversation. The byte 0xff is not valid in JSON and makes the agent discard a
 * partial request; all replies before the number that was requested last belong to the earlier client. Repeats the
 * request every few seconds, because an agent loses pending requests when its VM is reset.
 */
async function synchronise(channel: JsonChannel): Promise<void> {
  let id = Math.floor(Math.random() * 2 ** 31);
  const ask = () => {
    id += 1;
    channel.sendRaw(Uint8Array.of(0xff));
    channel.send({ execute: "guest-sync-delimited", arguments: { id } });
  };
  ask();
  const again = setInterval(ask, ASK_AGAIN_MS);
  try {
    while ((await channel.next()).return !== id) {
      // A reply to an earlier client.
    }
  } finally {
    clearInterval(again);
  }
}
