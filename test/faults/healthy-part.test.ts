import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { healthyPart } from "../../src/faults/healthy-part.ts";
import { linkState } from "../../src/faults/link-state.ts";
import { selectLink } from "../../src/faults/select.ts";
import { shippedConfig } from "../fabric/config.ts";

const fabric = planFabric(shippedConfig());

function part(bridges: readonly string[], frozen: readonly string[] = []) {
  const links = bridges.map((bridge) =>
    linkState(selectLink(fabric, [bridge]), { member: null, devices: [], impairments: new Map() }),
  );
  const { nodes, sessions } = healthyPart(fabric, { links, frozen });
  return { nodes: nodes.map(({ name }) => name), sessions: sessions.length };
}

describe("the healthy part of a fabric with faults", () => {
  it("is the whole fabric without faults", () => {
    expect(part([])).toEqual({ nodes: fabric.nodes.map(({ name }) => name), sessions: 14 });
  });

  it("is all except the session of a link that is down", () => {
    expect(part(["iksb12"])).toEqual({ nodes: fabric.nodes.map(({ name }) => name), sessions: 13 });
  });

  it("excludes a leaf whose links to both spines are down", () => {
    const { nodes, sessions } = part(["iksb12", "iksb22"]);
    expect(nodes).not.toContain("leaf1");
    expect([nodes.length, sessions]).toEqual([8, 12]);
  });

  it("excludes frozen switches and their sessions", () => {
    const { nodes, sessions } = part([], ["spine2"]);
    expect(nodes).not.toContain("spine2");
    expect([nodes.length, sessions]).toEqual([8, 7]);
  });

  it("is empty if the host's own link is down", () => {
    expect(part(["ikhb"])).toEqual({ nodes: [], sessions: 0 });
  });
});
