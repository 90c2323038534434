import { describe, expect, it } from "vitest";
import { impairLine, parseImpairment } from "../../src/faults/impairment.ts";
import { parseImpairments } from "../../src/faults/qdiscs.ts";

describe("an impairment", () => {
  it.each([
    [
      { loss: "1%", delay: "10ms", jitter: "2ms", rate: "100mbit" },
      "netem limit 20000 delay 10000us 2000us loss 1% rate 100000000bit",
    ],
    [{ loss: "0.1" }, "netem limit 20000 loss 0.1%"],
    [{ delay: "250us" }, "netem limit 20000 delay 250us"],
    [{ delay: "1.5s" }, "netem limit 20000 delay 1500000us"],
    [{ rate: "10mbit" }, "tbf rate 10000000bit burst 65536 latency 50ms"],
    [{ rate: "1gbit" }, "tbf rate 1000000000bit burst 1250000 latency 50ms"],
  ])("%j becomes the expected line for tc", (words, line) => {
    expect(impairLine("iklt11", parseImpairment(words))).toBe(
      `qdisc replace dev iklt11 root handle 696b: ${line}`,
    );
  });

  it.each([
    [{}, /give at least one of --loss/],
    [{ loss: "101%" }, /--loss: more than 100%/],
    [{ loss: "0%" }, /invalid value of --loss: "0%"/],
    [{ loss: "-1%" }, /--loss: "-1%"/],
    [{ delay: "10" }, /--delay: "10" \(examples: 10ms/],
    [{ jitter: "2ms" }, /--jitter requires --delay/],
    [{ rate: "fast; rm" }, /--rate: "fast; rm"/],
    [{ rate: "100" }, /examples: 100mbit/],
  ])("%j is refused", (words, message) => {
    expect(() => parseImpairment(words)).toThrow(message);
  });

  it("is read from tc's output, with the terms of the options", () => {
    const json = JSON.stringify([
      { kind: "noqueue", handle: "0:", dev: "lo", root: true, options: {} },
      {
        kind: "netem",
        handle: "696b:",
        dev: "iklt11",
        root: true,
        options: {
          limit: 20000,
          delay: { delay: 0.01, jitter: 0.002, correlation: 0 },
          "loss-random": { loss: 0.01, correlation: 0 },
          rate: { rate: 12_500_000, packetoverhead: 0, cellsize: 0, celloverhead: 0 },
        },
      },
      {
        kind: "tbf",
        handle: "696b:",
        dev: "ikst12",
        root: true,
        options: { rate: 1_250_000, burst: 65535, lat: 50000 },
      },
    ]);
    expect([...parseImpairments(json)]).toEqual([
      ["iklt11", "delay 10 ms ± 2 ms, loss 1 %, rate 100 Mbit/s"],
      ["ikst12", "rate 10 Mbit/s"],
    ]);
  });
});
