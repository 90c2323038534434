import { CommandError } from "../../errors.ts";
import type { Host } from "../../system/host.ts";
import { connectToMachine } from "./connect.ts";
import { errorOf, type JsonChannel, jsonChannel, returned } from "./json-channel.ts";

/** A conversation with the QEMU guest agent inside a machine. It needs no network. */
export interface GuestAgent {
  /**
   * Run an agent command and give what it returns.
   * @throws CommandError with the agent's own words when it refuses, or the machine ends.
   * @throws TimeoutError when it does not answer in time.
   */
  execute(command: string, commandArguments?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export interface AgentOptions {
  readonly socket: string;
  /**
   * For the whole conversation. A machine that boots answers as soon as its agent runs: what was sent before
   * waits in the channel. The agent talks to one client at a time: others are waited for.
   */
  readonly timeoutMs: number;
}

/** Of what a program writes the agent keeps 16 MiB of each kind, and sends it as base64 (qga/commands.c). */
const MAX_BYTES = 48 * 1024 * 1024;
const ASK_AGAIN_MS = 5_000;

/** Connect, agree where the conversation begins, work, and hang up. */
export async function withGuestAgent<T>(
  host: Host,
  { socket, timeoutMs }: AgentOptions,
  work: (agent: GuestAgent) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  const channel = jsonChannel(await connectToMachine(host, "guest agent", socket, deadline), {
    name: `the guest agent on ${socket}`,
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
 * Skip what is left of an earlier client's conversation: 0xff is no JSON and makes the agent forget half a
 * request; then everything before the number that we asked for last is somebody else's. Asked again from time to
 * time, because what an agent was sent is lost when its machine resets.
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
      // Somebody else's.
    }
  } finally {
    clearInterval(again);
  }
}
