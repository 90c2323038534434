import { duplexPair } from "node:stream";
import { describe, expect, it } from "vitest";
import type { JsonChannel } from "../../src/qemu/json-channel.ts";
import { errorOf, jsonChannel, returned } from "../../src/qemu/json-channel.ts";

const MAX_BYTES = 1024 * 1024;

/** A channel, and a function that writes at its other end. */
function channel({ timeoutMs = 60_000 } = {}): { ours: JsonChannel; say: (text: string) => void } {
  const [socket, other] = duplexPair();
  const ours = jsonChannel(socket, {
    name: "QMP on socket",
    silence: "it says nothing",
    timeoutMs,
    deadline: Date.now() + timeoutMs,
    maxBytes: MAX_BYTES,
  });
  return { ours, say: (text) => other.write(Buffer.from(text, "latin1")) };
}

describe("messages, one per line,", () => {
  it("are returned in order, wherever the stream is cut; lines that are no JSON objects are skipped", async () => {
    const { ours, say } = channel();
    say('{"id"');
    say(': 1}\n\nnull\n7\nhello\n{"half": \xff{"id": 2}\n{"id"');
    expect([await ours.next(), await ours.next()]).toEqual([{ id: 1 }, { id: 2 }]);
    say(": 3}\n");
    expect(await ours.next()).toEqual({ id: 3 });
  });

  it.each([
    ["one that never ends", "x".repeat(10_000)],
    ["any number that nobody reads", '{"event": "RESET"}\n'.repeat(500)],
    ["any number of empty lines", "\n".repeat(10_000)],
  ])("are accepted up to a limit of bytes: %s", async (_what, piece) => {
    const { ours, say } = channel();
    for (let sent = 0; sent < 4 * MAX_BYTES; sent += piece.length) {
      say(piece);
    }
    const readAll = async () => {
      for (;;) {
        await ours.next();
      }
    };
    await expect(readAll()).rejects.toThrow(`message exceeds ${MAX_BYTES} bytes`);
  });

  it("do not extend the channel's timeout", async () => {
    const { ours, say } = channel({ timeoutMs: 200 });
    const chatter = setInterval(() => say('{"event": "RESET"}\n'), 1);
    const wait = async () => {
      for (;;) {
        await ours.next();
      }
    };
    await expect(wait()).rejects.toThrow("timed out after 0.2 s");
    clearInterval(chatter);
  });

  it("are parsed in linear time up to the limit", async () => {
    const { ours, say } = channel();
    const text = "x".repeat(MAX_BYTES - 5_000);
    const line = `{"a": "${text}"}\n`;
    for (let at = 0; at < line.length; at += 64) {
      say(line.slice(at, at + 64));
    }
    expect(await ours.next()).toEqual({ a: text });
  });

  it("may hold any value in place of an error or a result", () => {
    expect(errorOf({ error: { class: "GenericError", desc: "no" } })).toBe("no");
    expect(errorOf({ error: null })).toBe("an invalid error message");
    expect(errorOf({ error: { desc: { toString: 1 } } })).toBe("an invalid error message");
    expect(errorOf({ return: {} })).toBeUndefined();
    expect(() => returned({ return: null }, "QMP stop")).toThrow("empty answer");
  });
});
