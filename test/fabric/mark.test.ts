import { describe, expect, it } from "vitest";
import {
  bmcInside,
  bmcLoopback,
  DEFAULT_MARK,
  fabricAlias,
  fabricMark,
  foldersOfAlias,
  isFabricGroup,
} from "../../src/fabric/mark.ts";

const markIn = (runDir: string) => fabricMark({ STATE_DIR: "/var/lib/x", RUN_DIR: runDir });

describe("a fabric's mark", () => {
  it("is that of earlier builds for the default run directory", () => {
    expect(DEFAULT_MARK).toEqual({
      number: 0,
      linkGroup: 0x696b,
      bridgeGroup: 0x696c,
      comment: "ikvswitch",
      alias: "ikvswitch:/var/lib/ikvswitch:/run/ikvswitch",
    });
  });

  it("has the name of a fabric in its usual folder, and a number elsewhere", () => {
    expect(markIn("/run/ikvswitch/fabrics/lab").comment).toBe("ikvswitch_lab");
    expect(markIn("/run/second").comment).toMatch(/^ikvswitch_\d+$/);
    expect(markIn("/run/ikvswitch/fabrics/lab/deeper").comment).toMatch(/^ikvswitch_\d+$/);
  });

  it("differs between fabrics: no two of a hundred have the same groups", () => {
    const marks = Array.from({ length: 100 }, (_, index) => markIn(`/run/ikvswitch/fabrics/lab${index}`));
    const groups = marks.flatMap(({ linkGroup, bridgeGroup }) => [linkGroup, bridgeGroup]);
    expect(new Set(groups).size).toBe(200);
    // `ip` reads a group as a signed number of 32 bits.
    expect(groups.every((group) => isFabricGroup(group) && group < 2 ** 31)).toBe(true);
    expect([0, 1, 0x696a, 0x696d].some(isFabricGroup)).toBe(false);
  });

  it("is read back from a bridge's alias", () => {
    const folders = { stateDir: "/var/lib/second", runDir: "/run/second" };
    expect(foldersOfAlias(fabricAlias(folders.stateDir, folders.runDir))).toEqual(folders);
    expect([null, "the lab's", "ikvswitch:/var/lib/second"].map(foldersOfAlias)).toEqual([null, null, null]);
  });

  it("gives BMCs loopback addresses that no other fabric has", () => {
    expect(String(bmcInside(0, 0))).toBe("127.0.2.1");
    expect(String(bmcLoopback(0))).toBe("127.0.0.1");
    expect(String(bmcInside(0x1234, 8))).toBe("127.18.52.9");
    expect(String(bmcLoopback(0x1234))).toBe("127.18.52.254");
  });
});
