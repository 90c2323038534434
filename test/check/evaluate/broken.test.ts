import { describe, expect, it } from "vitest";
import { type Broken, planWithout } from "../../../src/check/evaluate/broken.ts";
import { checkPlan } from "../../../src/check/expect/plan.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { shippedConfig } from "../../fabric/config.ts";

const plan = checkPlan(planFabric(shippedConfig()));

function remaining(links: readonly string[], nodes: readonly string[] = []) {
  const broken: Broken = { links: new Set(links), nodes: new Set(nodes) };
  const { fabric, prefixes } = planWithout(plan, broken);
  return {
    nodes: fabric.nodes.map(({ name }) => name),
    sessions: fabric.sessions.length,
    links: fabric.links.length,
    hops: (node: string, to: string) =>
      prefixes
        .find(({ kind, origin }) => kind === "loopback" && origin.name === to)
        ?.ways.get(node)
        ?.map(({ port }) => port),
    hasDefault: prefixes.some(({ kind }) => kind === "default"),
  };
}

describe("the plan of what remains", () => {
  it("is the whole plan if nothing is broken", () => {
    expect(planWithout(plan, { links: new Set(), nodes: new Set() })).toEqual(plan);
  });

  it("lacks the session and the paths over a broken link", () => {
    const { nodes, sessions, links, hops } = remaining(["iksb12"]);
    expect(nodes).toHaveLength(9);
    expect(sessions).toBe(13);
    expect(links).toBe(plan.fabric.links.length - 1);
    expect(hops("leaf1", "leaf3")).toEqual(["ens5"]);
  });

  it("lacks a broken node with its links", () => {
    const { nodes, sessions, hops } = remaining([], ["spine1"]);
    expect(nodes).not.toContain("spine1");
    expect(sessions).toBe(7);
    expect(hops("leaf1", "internet")).toEqual(["ens5"]);
  });

  it("lacks nodes that are cut off: a leaf passes nothing on", () => {
    expect(remaining(["iksb12", "iksb22"]).nodes).not.toContain("leaf1");
    expect(remaining(["ikib2"]).nodes).not.toContain("spine2");
  });

  it("lacks the default route without the host's link, and everything without the internet router", () => {
    expect(remaining([])).toMatchObject({ hasDefault: true });
    expect(remaining([plan.fabric.host.bridge])).toMatchObject({ hasDefault: false, sessions: 14 });
    expect(remaining([], ["internet"]).nodes).toEqual([]);
  });
});
