import { CommandError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { connectToMachine } from "./connect.ts";
import { errorOf, type JsonChannel, type JsonMessage, jsonChannel, returned } from "./json-channel.ts";

/** A conversation with QEMU's monitor, in the machine protocol (QMP). */
export interface Qmp {
  /**
   * Runs a monitor command and returns its result.
   * @throws CommandError with QEMU's error message if it refuses, or if QEMU ends.
   * @throws TimeoutError if it does not answer in time.
   */
  execute(command: string, commandArguments?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Waits until QEMU reports this event; events since the start of the conversation count. */
  event(name: string): Promise<unknown>;
}

export interface QmpOptions {
  readonly socket: string;
  /** Limit for the whole conversation. QEMU serves one client at a time; this waits for the others. */
  readonly timeoutMs: number;
}

/** Far more than QEMU ever sends at once. */
const MAX_BYTES = 1024 * 1024;
/** Limit on events that have not been waited for. */
const MAX_EVENTS = 100;

/** Connects, negotiates, works, and disconnects. */
export async function withQmp<T>(
  host: Host,
  { socket, timeoutMs }: QmpOptions,
  work: (qmp: Qmp) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  const channel = jsonChannel(await connectToMachine(host, { what: `QMP on ${socket}`, socket }, deadline), {
    name: `QMP on ${socket}`,
    silence: "connected, but QEMU sends no greeting",
    timeoutMs,
    deadline,
    maxBytes: MAX_BYTES,
  });
  try {
    const qmp = conversation(channel);
    // QEMU sends its greeting unasked. It accepts no other command before this one.
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
