import { describe, expect, it } from "vitest";
import { evaluateLink } from "../../../src/check/evaluate/link.ts";
import { checkPlan } from "../../../src/check/expect/plan.ts";
import {
  type InterfaceState,
  type NodeObservation,
  nothingSeen,
  seen,
  unseen,
} from "../../../src/check/model/observation.ts";
import { memberParts } from "../../../src/fabric/member-part.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { type SwitchPorts, TAPS } from "../../../src/host/model/switch-ports.ts";
import { configFrom, shippedConfig } from "../../fabric/config.ts";

//   spine1 ens5 ── ikst12 [iksb12] iklt11 ── ens4 leaf1

const plan = checkPlan(planFabric(shippedConfig()));

const UP: InterfaceState = { up: true, carrier: true, mtu: 9000, master: null, addresses: [] };

const good = {
  host: {
    iksb12: UP,
    ikst12: { ...UP, master: "iksb12" },
    iklt11: { ...UP, master: "iksb12" },
  },
  spine1: { ens5: UP },
  leaf1: { ens4: UP },
};

type Interfaces = Readonly<Record<string, InterfaceState>>;

function withInterfaces(interfaces: Interfaces): NodeObservation {
  return { ...nothingSeen("not queried"), interfaces: seen(new Map(Object.entries(interfaces))) };
}

function judged(
  changes: { host?: Interfaces; spine1?: Interfaces; leaf1?: Interfaces | NodeObservation["interfaces"] },
  switchPorts: SwitchPorts = TAPS,
) {
  const { host, spine1, leaf1 } = { ...good, ...changes };
  const link = plan.fabric.links.find(({ bridge }) => bridge.name === "iksb12");
  if (link === undefined) {
    throw new Error("there is no link iksb12");
  }
  const nodes = new Map([
    ["spine1", withInterfaces(spine1)],
    [
      "leaf1",
      "seen" in leaf1
        ? { ...nothingSeen(""), interfaces: leaf1 as NodeObservation["interfaces"] }
        : withInterfaces(leaf1 as Interfaces),
    ],
  ]);
  const hosts = [{ member: null, links: new Map([["iksb12", link]]), observation: withInterfaces(host) }];
  return evaluateLink(plan, link, { hosts, nodes, switchPorts });
}

const { host } = good;

describe("a link", () => {
  it("is as planned with all of its devices on the host and both ends", () => {
    expect(judged({})).toEqual({
      subject: "link iksb12",
      node: null,
      expected: "up, MTU 9000: ikst12, iklt11, spine1 ens5, leaf1 ens4",
      observed: "up, MTU 9000: ikst12, iklt11, spine1 ens5, leaf1 ens4",
      ok: true,
    });
  });

  it.each([
    ["no bridge", { host: { ikst12: host.ikst12, iklt11: host.iklt11 } }, "iksb12: missing"],
    ["a port in no bridge", { host: { ...host, ikst12: UP } }, "ikst12: not in iksb12"],
    [
      "a port in another bridge, with another MTU",
      { host: { ...host, ikst12: { ...UP, master: "br0", mtu: 1500 } } },
      "ikst12: MTU 1500, in br0",
    ],
    [
      "a port that is down",
      { host: { ...host, iklt11: { ...host.iklt11, up: false, carrier: false } } },
      "iklt11: down",
    ],
    [
      "nothing at the other end",
      { host: { ...host, iklt11: { ...host.iklt11, carrier: false } } },
      "iklt11: no carrier",
    ],
    [
      "ports in switches that are down or have another MTU",
      { spine1: { ens5: { ...UP, mtu: 1500 } }, leaf1: { ens4: { ...UP, up: false, carrier: false } } },
      "spine1 ens5: MTU 1500; leaf1 ens4: down",
    ],
    ["a switch without that port", { leaf1: {} as Interfaces }, "leaf1 ens4: missing"],
    [
      "a switch in which ip does not work",
      { leaf1: unseen("ip does not answer in time") },
      "leaf1 ens4: ip does not answer in time",
    ],
  ])("with %s is not as planned", (_what, changes, observed) => {
    expect(judged(changes)).toMatchObject({ observed, ok: false });
  });

  it("to a switch that is off is as planned without carrier", () => {
    const off = nothingSeen("leaf1 is off").interfaces;
    const down = { ...host, iklt11: { ...host.iklt11, carrier: false } };
    expect(judged({ host: down, leaf1: off })).toMatchObject({ ok: true });
  });

  it("needs the host's end of a switch that is off, except for veths, which exist only while the switch runs", () => {
    const off = nothingSeen("leaf1 is off").interfaces;
    const without = { iksb12: host.iksb12, ikst12: host.ikst12 };
    const veth = { kind: "veth", running: ["spine1"] } as const;
    expect(judged({ host: without, leaf1: off }, veth)).toMatchObject({ ok: true });
    expect(judged({ host: without, leaf1: off })).toMatchObject({ ok: false, observed: "iklt11: missing" });
  });
});

describe("a link between members", () => {
  const fabric = planFabric(configFrom("HOSTS='alpha=10.0.0.1 beta=10.0.0.2'", "PLACE=rack1=beta"));
  const [link] = fabric.links.filter(({ bridge }) => bridge.name === "iksb12");

  /** @param missing names of devices that no member has. */
  function onMembers(missing: readonly string[], silent: readonly string[] = []) {
    if (link === undefined) {
      throw new Error("there is no link iksb12");
    }
    const hosts = memberParts(fabric).map(({ member: { name }, fabric: { links } }) => {
      const there = links.find(({ bridge }) => bridge.name === "iksb12");
      const inBridge = { ...UP, master: "iksb12" };
      const found = [
        ["iksb12", UP],
        ...(there?.interfaces ?? []).map((item) => [item.name, inBridge] as const),
        [there?.cut?.port ?? "", inBridge],
        [there?.cut?.patch ?? "", UP],
        [there?.cut?.tunnel ?? "", UP],
      ] as const;
      const interfaces = Object.fromEntries(found.filter(([device]) => !missing.includes(device)));
      return {
        member: name,
        links: new Map(links.map((each) => [each.bridge.name, each])),
        observation: silent.includes(name) ? nothingSeen(`${name} is silent`) : withInterfaces(interfaces),
      };
    });
    const nodes = new Map([
      ["spine1", withInterfaces(good.spine1)],
      ["leaf1", withInterfaces(good.leaf1)],
    ]);
    const switchPorts = { kind: "veth", running: ["spine1", "leaf1"] } as const;
    return evaluateLink(checkPlan(fabric), link, { hosts, nodes, switchPorts });
  }

  it("is as planned with the bridges and ends on both, and what leads from one to the other", () => {
    expect(onMembers([])).toMatchObject({ ok: true });
  });

  it("names the member of what is missing", () => {
    const vni = link?.vni;
    expect(onMembers([`ikx${vni}v`, "ikst12"])).toMatchObject({
      ok: false,
      observed: `alpha ikst12: missing; alpha ikx${vni}v: missing; beta ikx${vni}v: missing`,
    });
  });

  it("is not compared if a member does not answer", () => {
    expect(onMembers([], ["beta"])).toMatchObject({ ok: null, observed: "unknown: beta is silent" });
  });
});
