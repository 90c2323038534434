import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { healthyPart } from "../../src/faults/healthy-part.ts";
import { linkState } from "../../src/faults/link-state.ts";
import { selectLink } from "../../src/faults/select.ts";
import { shippedConfig } from "../fabric/config.ts";

const fabric = planFabric(shippedConfig());

function part(bridges: readonly string[], frozen: readonly string[] = []) {
  const links = bridges.map((bridge) => linkState(selectLink(fabric, [bridge]), [], new Map()));
  const { nodes, sessions } = healthyPart(fabric, { links, frozen });
  return { nodes: nodes.map(({ name }) => name), sessions: sessions.length };
}

describe("what can be expected of a fabric with faults", () => {
  it("is all of it where there are none", () => {
    expect(part([])).toEqual({ nodes: fabric.nodes.map(({ name }) => name), sessions: 14 });
  });

  it("is all but the session of a link that is down", () => {
    expect(part(["iksb12"])).toEqual({ nodes: fabric.nodes.map(({ name }) => name), sessions: 13 });
  });

  it("leaves out a leaf that has lost both its spines", () => {
    const { nodes, sessions } = part(["iksb12", "iksb22"]);
    expect(nodes).not.toContain("leaf1");
    expect([nodes.length, sessions]).toEqual([8, 12]);
  });

  it("leaves out frozen switches with their sessions", () => {
    const { nodes, sessions } = part([], ["spine2"]);
    expect(nodes).not.toContain("spine2");
    expect([nodes.length, sessions]).toEqual([8, 7]);
  });

  it("is nothing without the host's own link", () => {
    expect(part(["ikhb"])).toEqual({ nodes: [], sessions: 0 });
  });
});
