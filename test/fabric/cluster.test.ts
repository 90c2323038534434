import { describe, expect, it } from "vitest";
import { type MemberPart, memberParts } from "../../src/fabric/member-part.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric } from "../../src/fabric/types.ts";
import { expectGolden } from "../golden.ts";
import { configFrom } from "./config.ts";

const THREE = "HOSTS='alpha=10.0.0.1 beta=admin@10.0.0.2, gamma=10.0.0.3'";

function plan(...lines: readonly string[]): Fabric {
  return planFabric(configFrom(...lines));
}

function placed(fabric: Fabric): Record<string, string | undefined> {
  return Object.fromEntries(fabric.nodes.map(({ name, member }) => [name, member]));
}

function partOf(fabric: Fabric, name: string): MemberPart {
  const part = memberParts(fabric).find(({ member }) => member.name === name);
  if (part === undefined) {
    throw new Error(`no member ${name}`);
  }
  return part;
}

describe("the members of a fabric's nodes", () => {
  it("are none without HOSTS", () => {
    const fabric = plan();
    expect(fabric.cluster).toBeUndefined();
    expect(new Set(Object.values(placed(fabric)))).toEqual(new Set([undefined]));
    expect(memberParts(fabric)).toEqual([]);
  });

  it("take turns: racks by number, spines by number, and the internet router is on the first", () => {
    expect(placed(plan(THREE))).toEqual({
      internet: "alpha",
      ...{ spine1: "alpha", spine2: "beta" },
      ...{ leaf1: "alpha", leaf2: "alpha" },
      ...{ leaf3: "beta", leaf4: "beta" },
      ...{ leaf5: "gamma", leaf6: "gamma" },
    });
  });

  it("are those of PLACE, which changes nothing for the others", () => {
    const fabric = plan(THREE, "PLACE='internet=gamma, spine1=beta rack1=beta'");
    expect(placed(fabric)).toMatchObject({
      ...{ internet: "gamma", spine1: "beta", spine2: "beta" },
      ...{ leaf1: "beta", leaf2: "beta", leaf3: "beta", leaf5: "gamma" },
    });
  });

  it("have their user, address and weight", () => {
    expect(plan(THREE, "HOST_WEIGHTS=beta=3,gamma=0").cluster?.members.map((m) => ({ ...m }))).toMatchObject([
      { name: "alpha", login: "root", weight: 1 },
      { name: "beta", login: "admin", weight: 3 },
      { name: "gamma", login: "root", weight: 0 },
    ]);
  });
});

describe("the parts of members", () => {
  it("of the shipped fabric on three members equal the golden file", () => {
    expectGolden("plans/3-members.txt", memberParts(plan(THREE)).map(formatPart).join("\n"));
  });

  it("have every end of every link once, and a link's two sides name each other", () => {
    const fabric = plan(THREE, "PLACE='rack2=alpha spine2=gamma'");
    const parts = memberParts(fabric);
    const ends = parts.flatMap((part) => part.fabric.links.flatMap(({ interfaces }) => interfaces));
    const all = fabric.links.flatMap(({ interfaces }) => interfaces);
    expect(ends.map(({ name }) => name).sort()).toEqual(all.map(({ name }) => name).sort());
    for (const { fabric: own, member } of parts) {
      for (const { bridge, cut } of own.links.filter((link) => link.cut !== undefined)) {
        const other = partOf(fabric, cut?.remoteMember ?? "").fabric.links.find(
          (link) => link.bridge.name === bridge.name,
        );
        expect(other?.cut).toEqual({
          ...cut,
          ...{ local: cut?.remote, remote: cut?.local, remoteMember: member.name },
        });
      }
    }
  });

  it("have no link of a server between two members, and the host's own where the internet router is", () => {
    const fabric = plan(THREE, "PLACE=internet=beta");
    expect(fabric.links.filter(({ vni }) => vni !== undefined).map(({ kind }) => kind)).not.toContain(
      "server",
    );
    for (const { member, fabric: own } of memberParts(fabric)) {
      const isOwn = own.links.some(({ kind }) => kind === "host" || kind === "bmc");
      expect([member.name, isOwn, own.uplink.kind]).toEqual(
        member.name === "beta" ? ["beta", true, "nat"] : [member.name, false, "isolated"],
      );
    }
  });

  it("keep a link's VNI when another link moves", () => {
    const vnis = (fabric: Fabric) =>
      new Map(fabric.links.flatMap(({ bridge, vni }) => (vni === undefined ? [] : [[bridge.name, vni]])));
    const before = vnis(plan(THREE));
    const after = vnis(plan(THREE, "PLACE=rack3=alpha"));
    for (const [bridge, vni] of after) {
      expect([bridge, before.get(bridge) ?? vni]).toEqual([bridge, vni]);
    }
    expect(before.size).not.toBe(after.size);
  });

  it("have names that Linux accepts, and that no other device of the plan has", () => {
    const fabric = plan(THREE, "VXLAN_VNI_START=16770000");
    for (const { fabric: own } of memberParts(fabric)) {
      const names = own.links.flatMap(({ bridge, interfaces, cut }) => [
        ...[bridge.name, ...interfaces.map(({ name }) => name)],
        ...(cut === undefined ? [] : [cut.port, cut.patch, cut.tunnel]),
      ]);
      expect(names.filter((name) => name.length > 15)).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("of two fabrics have VNIs of their own", () => {
    const starts = ["/run/ikvswitch", "/run/ikvswitch/fabrics/lab", "/run/ikvswitch/fabrics/other"].map(
      (folder) => plan(THREE, `RUN_DIR=${folder}`).cluster?.vniStart,
    );
    expect(new Set(starts).size).toBe(3);
    expect(plan(THREE, "VXLAN_VNI_START=77").links.find(({ vni }) => vni !== undefined)?.vni).toBeGreaterThan(
      77,
    );
  });
});

describe("names", () => {
  it("that links between members have are reported", () => {
    expect(() => plan(THREE, "LEAF_TO_SPINE_TAP_PREFIX=ikx")).toThrow(
      "LEAF_TO_SPINE_TAP_PREFIX: makes names that begin with ikx, as links between members do; choose another",
    );
  });
});

/** A line for each link, so that a change of placement is readable in `git diff`. */
function formatPart({ member, nodes, fabric }: MemberPart): string {
  const lines = fabric.links
    .filter(({ kind, interfaces }) => kind !== "server" || interfaces.some(({ name }) => name.endsWith("-3")))
    .map(({ bridge, interfaces, cut }) => {
      const way =
        cut && `${cut.port} ${cut.patch} ${cut.tunnel}: VNI ${cut.vni}, ${cut.local} to ${cut.remote}`;
      return `  ${[bridge.name, ...interfaces.map(({ name }) => name), ...(way ? [way] : [])].join(" ")}\n`;
    });
  return `${member.name}: ${nodes.join(" ")}\n${lines.join("")}`;
}
