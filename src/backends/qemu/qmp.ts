import { CommandError } from "../../errors.ts";
import type { Host } from "../../system/host.ts";
import { connectToMachine } from "./connect.ts";
import { errorOf, type JsonChannel, type JsonMessage, jsonChannel, returned } from "./json-channel.ts";

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

/** Far more than QEMU has to say at once. */
const MAX_BYTES = 1024 * 1024;
/** Of those that nobody has waited for. */
const MAX_EVENTS = 100;

/** Connect, negotiate, work, and hang up. */
export async function withQmp<T>(
  host: Host,
  { socket, timeoutMs }: QmpOptions,
  work: (qmp: Qmp) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  const channel = jsonChannel(await connectToMachine(host, "QMP", socket, deadline), {
    name: `QMP on ${socket}`,
    silence: "connected, but QEMU sends no greeting",
    timeoutMs,
    deadline,
    maxBytes: MAX_BYTES,
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
  const events: JsonMessage[] = [];
  let lastId = 0;

  const keepEvent = (message: JsonMessage) => {
    if (events.push(message) > MAX_EVENTS) {
      events.shift();
    }
  };
  const nextReply = async (id: number): Promise<JsonMessage> => {
    for (;;) {
      const message = await channel.next();
      if (message.event !== undefined) {
        keepEvent(message);
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
      const refusal = errorOf(reply);
      if (refusal !== undefined) {
        throw new CommandError(`QMP ${command}`, undefined, refusal);
      }
      return returned(reply, `QMP ${command}`);
    },
    event: async (name) => {
      for (;;) {
        const index = events.findIndex((message) => message.event === name);
        if (index >= 0) {
          return events.splice(index, 1)[0]?.data;
        }
        const message = await channel.next();
        if (message.event !== undefined) {
          keepEvent(message);
        }
      }
    },
  };
}
