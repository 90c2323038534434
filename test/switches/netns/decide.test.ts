import { describe, expect, it } from "vitest";
import { decideSandbox } from "../../../src/switches/netns/prepare.ts";
import { isSameRecord, type SandboxRecord } from "../../../src/switches/netns/record.ts";

const running = { running: true, asWanted: true, upToDate: true };

describe("what up does with a sandbox", () => {
  it("is nothing where it and its files are as they should be", () => {
    expect(decideSandbox(running)).toBe("keep");
  });

  it("is an update where only its files differ", () => {
    expect(decideSandbox({ ...running, upToDate: false })).toBe("update");
  });

  it("is a new start where it is to be another, whatever its files are", () => {
    expect(decideSandbox({ ...running, asWanted: false })).toBe("restart");
    expect(decideSandbox({ ...running, asWanted: false, upToDate: false })).toBe("restart");
  });

  it("is a start where it is off", () => {
    expect(decideSandbox({ running: false, asWanted: true, upToDate: true })).toBe("start");
  });
});

const record: SandboxRecord = {
  version: 1,
  node: "leaf1",
  network: "4026531840",
  wires: ["link add ikltS"],
  program: "aa",
  vlans: true,
};

describe("a sandbox's record", () => {
  it("is the same wherever we are installed", () => {
    expect(isSameRecord({ ...record, library: "/opt/one" }, record)).toBe(true);
  });

  it("is another with other wires, programs or VLANs, and where there is none", () => {
    expect(isSameRecord({ ...record, wires: [], library: "/opt" }, record)).toBe(false);
    expect(isSameRecord({ ...record, program: "bb", library: "/opt" }, record)).toBe(false);
    expect(isSameRecord({ ...record, vlans: false, library: "/opt" }, record)).toBe(false);
    expect(isSameRecord(undefined, record)).toBe(false);
  });
});
