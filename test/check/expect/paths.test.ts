import { describe, expect, it } from "vitest";
import { waysTo } from "../../../src/check/expect/paths.ts";
import { checkPlan, sessionsOf } from "../../../src/check/expect/plan.ts";
import { announced } from "../../../src/check/expect/prefixes.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { shippedConfig } from "../../fabric/config.ts";
import { nodeOf } from "../../render/site.ts";

//            internet
//          ens5    ens6
//         spine1  spine2
//         ens4 \  / ens5
//        leaf1 … leaf6

const fabric = planFabric(shippedConfig());
const plan = checkPlan(fabric);

function portsFrom(node: string, to: string): readonly string[] | undefined {
  return waysTo(fabric, nodeOf(fabric, to))
    .get(node)
    ?.map(({ port }) => port);
}

function heard(speaker: string, listener: string) {
  const { always, maybe } = announced(plan.prefixes, nodeOf(fabric, speaker), nodeOf(fabric, listener));
  const prefixes = (list: typeof always) => list.map(({ prefix }) => String(prefix));
  return { always: prefixes(always), maybe: prefixes(maybe) };
}

describe("the paths of the plan", () => {
  it("lead from a leaf over every spine to other leaves and to the internet router", () => {
    expect(portsFrom("leaf1", "leaf6")).toEqual(["ens4", "ens5"]);
    expect(portsFrom("leaf1", "internet")).toEqual(["ens4", "ens5"]);
    expect(portsFrom("leaf1", "spine2")).toEqual(["ens5"]);
  });

  it("lead from one spine to the other over the internet router, since no leaf forwards between spines", () => {
    expect(portsFrom("spine1", "spine2")).toEqual(["ens4"]);
    expect(portsFrom("leaf1", "leaf1")).toEqual([]);
  });

  it("are one for each spine", () => {
    const wide = planFabric(shippedConfig({ NUM_SPINES: 4 }));
    const ways = waysTo(wide, nodeOf(wide, "leaf6"));
    expect(ways.get("leaf1")?.map(({ node }) => node)).toEqual(["spine1", "spine2", "spine3", "spine4"]);
  });
});

describe("the routes that one end of a session receives from the other", () => {
  it("are only a leaf's own from a leaf: loopback, DHCP and VLAN networks", () => {
    expect(heard("leaf3", "spine1").always).toEqual(["192.168.98.6/32", "192.168.111.0/24"]);
    expect(heard("leaf2", "spine1").always).toEqual([
      "192.168.98.5/32",
      ...[113, 114, 115, 116, 117].map((octet) => `192.168.${octet}.0/24`),
    ]);
  });

  it("are all but the receiver's own from a spine to a leaf", () => {
    const { always, maybe } = heard("spine1", "leaf1");
    expect(maybe).toEqual([]);
    expect(always).toContain("0.0.0.0/0");
    expect(always).toContain("192.168.98.3/32");
    expect(always).not.toContain("192.168.98.4/32");
    expect(always).not.toContain("192.168.110.0/24");
    expect(always).toHaveLength(1 + 8 + 2 + 5);
  });

  it("depend, from the internet router to a spine, on the spine that it prefers for the leaves", () => {
    const { always, maybe } = heard("internet", "spine1");
    expect(always).toEqual(["0.0.0.0/0", "192.168.98.1/32", "192.168.98.3/32"]);
    expect(maybe).toContain("192.168.98.4/32");
  });

  it("exclude those that the sender has only from the receiver", () => {
    expect(heard("spine1", "internet").always).not.toContain("192.168.98.3/32");
    expect(heard("spine1", "internet").maybe).toEqual([]);
  });
});

it("a node has a session on each of its ports that lead to a node", () => {
  expect(sessionsOf(fabric, nodeOf(fabric, "leaf3")).map(({ port, peer }) => `${port} ${peer.name}`)).toEqual(
    ["ens4 spine1", "ens5 spine2"],
  );
});
