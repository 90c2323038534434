import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { selectLink } from "../../src/faults/select.ts";
import { shippedConfig } from "../fabric/config.ts";

const fabric = planFabric(shippedConfig());

describe("the link selected", () => {
  it.each([
    [["spine1", "leaf1"], "iksb12"],
    [["leaf1", "spine1"], "iksb12"],
    [["leaf1:ens5", "spine2"], "iksb22"],
    [["host", "internet"], "ikhb"],
    [["internet", "spine2"], "ikib2"],
    [["leaf1", "server1-3-1"], "ikeb1-3"],
    [["iklt11"], "iksb12"],
    [["iksb12"], "iksb12"],
    [["leaf1:ens4"], "iksb12"],
    [["server3-15-2"], "ikeb6-15"],
    [["ikvm1-3-1"], "ikeb1-3"],
    [["host"], "ikhb"],
  ] as const)("by %j is %s", (words, bridge) => {
    expect(selectLink(fabric, words).bridge.name).toBe(bridge);
  });

  it.each([
    [["spine1"], /is an end of several links; give the other end, too:\n {2}internet ens5 – spine1 ens4/],
    [["spine1", "spine2"], /no link between "spine1" and "spine2"/],
    [["leaf1", "leaf1"], /no link between/],
    [["bripmi"], /no link "bripmi"/],
    [["leaf1:ens99"], /no link "leaf1:ens99"/],
    [["; rm"], /no link/],
  ] as const)("refuses %j and explains what to give", (words, message) => {
    expect(() => selectLink(fabric, words)).toThrow(UsageError);
    expect(() => selectLink(fabric, words)).toThrow(message);
  });
});
