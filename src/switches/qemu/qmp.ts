import { CommandError } from "../../errors.ts";
import type { Host } from "../../system/host.ts";
import { connectToMachine } from "./connect.ts";
import { type JsonChannel, jsonChannel } from "./json-channel.ts";

/** A conversation with QEMU's monitor, in the machine protocol (QMP). */
export interface Qmp {
  /**
   * Run a monitor command and give what it returns.
   * @throws CommandError with QEMU's own words when it refuses, or ends.
   * @throws TimeoutError when it does not answer in time.
   */
  execute(command: string, commandArguments?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Wait until QEMU reports this event; those reported since the conversation began count. */
  event(name: string): Promise<unknown>;
}

export interface QmpOptions {
  readonly socket: string;
  /** For the whole conversation. QEMU talks to one client at a time: others are waited for. */
  readonly timeoutMs: number;
}

/** Connect, negotiate, work, and hang up. */
export async function withQmp<T>(
  host: Host,
  { socket, timeoutMs }: QmpOptions,
  work: (qmp: Qmp) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  const channel = jsonChannel(await connectToMachine(host, "QMP", socket, deadline), {
    name: `QMP on ${socket}`,
    silence: "connected, but QEMU says nothing",
    timeoutMs,
    deadline,
  });
  try {
    const qmp = conversation(channel);
    // The greeting comes unasked, and nothing but this is answered before it was given.
    await qmp.execute("qmp_capabilities");
    return await work(qmp);
  } finally {
    channel.close();
  }
}

function conversation(channel: JsonChannel): Qmp {
  const events: QmpMessage[] = [];
  let lastId = 0;

  const nextReply = async (id: number): Promise<QmpMessage> => {
    for (;;) {
      const message = (await channel.next()) as QmpMessage;
      if (message.event !== undefined) {
        events.push(message);
      } else if (message.id === id) {
        return message;
      }
    }
  };

  return {
    execute: async (command, commandArguments) => {
      lastId += 1;
      channel.send({
        execute: command,
        ...(commandArguments && { arguments: commandArguments }),
        id: lastId,
      });
      const reply = await nextReply(lastId);
      if (reply.error !== undefined) {
        throw new CommandError(`QMP ${command}`, undefined, reply.error.desc);
      }
      return reply.return;
    },
    event: async (name) => {
      for (;;) {
        const index = events.findIndex((message) => message.event === name);
        if (index >= 0) {
          return events.splice(index, 1)[0]?.data;
        }
        const message = (await channel.next()) as QmpMessage;
        if (message.event !== undefined) {
          events.push(message);
        }
      }
    },
  };
}

interface QmpMessage {
  readonly id?: number;
  readonly event?: string;
  readonly data?: unknown;
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
}
