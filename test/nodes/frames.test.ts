import { expect, it } from "vitest";
import { encodeFrame, frameDecoder } from "../../src/nodes/frames.ts";

it("frames arrive whole, however the stream is cut", () => {
  const bytes = Buffer.concat([encodeFrame("o", Buffer.from("abc")), encodeFrame("x", Buffer.of(7))]);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const decode = frameDecoder();
    const frames = [...decode(bytes.subarray(0, cut)), ...decode(bytes.subarray(cut))];
    expect(frames.map(({ letter, data }) => [letter, data.toString("latin1")])).toEqual([
      ["o", "abc"],
      ["x", "\x07"],
    ]);
  }
});

it("a frame longer than ours is refused before it has come", () => {
  const head = Buffer.from([0x6f, 0xff, 0xff, 0xff, 0xff]);
  expect(() => frameDecoder()(head)).toThrow("invalid answer: a frame of 4294967295 bytes");
});
