import { describe, expect, it } from "vitest";
import { linksOf } from "../../src/fabric/ends.ts";
import { short } from "../../src/format/short-number.ts";
import { parseCounters, type Sample } from "../../src/traffic/counters.ts";
import { formatRates } from "../../src/traffic/format.ts";
import { linkRates } from "../../src/traffic/rates.ts";
import { smallFabric } from "../host/network.ts";

const HEADS = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

function sample(atMs: number, ...lines: readonly string[]): Sample {
  return { atMs, counters: parseCounters(`${HEADS}${lines.join("\n")}\n`) };
}

const start = sample(
  0,
  "ikst12: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
  "iklt11: 1000 10 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
  "  ikht: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
);

describe("rates", () => {
  it("are the packets that each end's interface received, per second; for the host's own end, those that the other end sent", () => {
    const end = sample(
      2000,
      "ikst12: 3000 30 0 0 0 0 0 0 1 1 0 0 0 0 0 0",
      "iklt11: 5000 20 0 0 0 0 0 0 1 1 0 0 0 0 0 0",
      "  ikht: 500 2 0 0 0 0 0 0 700 4 0 0 0 0 0 0",
    );
    const [busiest, second, ...others] = linkRates(linksOf(smallFabric), start, end);
    expect(busiest).toEqual({
      name: "spine1 ens5 – leaf1 ens4",
      bridge: "iksb12",
      there: { packets: 15, bits: 12_000 },
      back: { packets: 5, bits: 16_000 },
    });
    expect(second).toMatchObject({
      bridge: "ikhb",
      there: { packets: 2, bits: 2800 },
      back: { packets: 1, bits: 2000 },
    });
    expect(others.every(({ there, back }) => there.packets + back.packets === 0)).toBe(true);
  });

  it("are zero if an interface was recreated in between", () => {
    const end = sample(1000, "iklt11: 100 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
    expect(linkRates(linksOf(smallFabric), start, end)[0]?.back).toEqual({ packets: 0, bits: 0 });
  });

  it("are shown for links that have traffic", () => {
    const end = sample(
      1000,
      "ikst12: 125000 1000 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
      "iklt11: 1000 10 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
    );
    expect(formatRates(linkRates(linksOf(smallFabric), start, end))).toBe(
      [
        "LINK (A – B)              A→B packet/s  A→B bit/s  B→A packet/s  B→A bit/s",
        "spine1 ens5 – leaf1 ens4  1.00k         1.00M      0             0",
        "5 without traffic",
      ].join("\n"),
    );
  });

  it.each([
    [0, "0"],
    [12.4, "12"],
    [999.4, "999"],
    [999.6, "1.00k"],
    [12_345, "12.3k"],
    [999_600, "1.00M"],
    [123_456_789, "123M"],
    [2.5e9, "2.50G"],
  ])("%d is shortened to %s", (value, text) => {
    expect(short(value)).toBe(text);
  });
});
