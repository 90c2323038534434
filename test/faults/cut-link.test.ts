import { describe, expect, it } from "vitest";
import { DEFAULT_MARK } from "../../src/fabric/mark.ts";
import { memberParts } from "../../src/fabric/member-part.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type { InterfaceName } from "../../src/fabric/types.ts";
import { blackholeActions } from "../../src/faults/commands.ts";
import { joinStates, type LinkState, linkState, portsOn } from "../../src/faults/link-state.ts";
import { selectLink } from "../../src/faults/select.ts";
import type { ObservedDevice } from "../../src/host/model/observed.ts";
import { configFrom } from "../fabric/config.ts";
import { ethernet } from "../host/network.ts";

//   alpha: spine1 ens5 ── ikst12 [iksb12] ikx…  ═ VXLAN ═  ikx… [iksb12] iklt11 ── ens4 leaf1 :beta

const fabric = planFabric(configFrom("HOSTS='alpha=10.0.0.1 beta=10.0.0.2'", "PLACE=rack1=beta"));
const link = selectLink(fabric, ["iksb12"]);

function device(name: InterfaceName, change: Partial<ObservedDevice> = {}): ObservedDevice {
  const group = DEFAULT_MARK.linkGroup;
  const master = name === "iksb12" ? null : "iksb12";
  return { ...ethernet, name, group, master, up: true, carrier: true, ...change };
}

/** @param changes of devices, by name; undefined if it is missing. */
function seen(changes: Readonly<Record<string, Partial<ObservedDevice> | undefined>> = {}): LinkState {
  const parts = memberParts(fabric).flatMap(({ member, fabric: { links } }) => {
    const there = links.find(({ bridge }) => bridge.name === "iksb12");
    if (there?.cut === undefined) {
      return [];
    }
    const names = ["iksb12", ...there.interfaces.map(({ name }) => name), there.cut.port];
    const devices = names.flatMap((name) =>
      name in changes && changes[name] === undefined ? [] : [device(name, changes[name])],
    );
    return [linkState(there, { member: member.name, devices, impairments: new Map() })];
  });
  expect(parts).toHaveLength(2);
  return joinStates(link, parts);
}

describe("a link between members", () => {
  it("is up with the ends of both, in the order of the plan; its tunnel is no further port", () => {
    const { state, name, ends, others } = seen();
    expect({ state, name, others }).toEqual({ state: "up", name: "spine1 ens5 – leaf1 ens4", others: [] });
    expect(ends.map((end) => [end.interface, end.member])).toEqual([
      ["ikst12", "alpha"],
      ["iklt11", "beta"],
    ]);
  });

  it("has the fault of either end, and is missing if a member has nothing of it", () => {
    expect(seen({ iklt11: { up: false } }).state).toBe("down");
    expect(seen({ ikst12: { qdisc: "blackhole" } }).state).toBe("blackholed");
    expect(seen({ iklt11: undefined }).state).toBe("missing");
    expect(joinStates(link, []).state).toBe("missing");
  });

  it("gets a fault on each member, for the ports there", () => {
    const lines = (member: string) => JSON.stringify(blackholeActions(portsOn(seen(), member)));
    expect(lines("alpha")).toMatch(/^(?!.*iklt11).*ikst12/);
    expect(lines("beta")).toMatch(/^(?!.*ikst12).*iklt11/);
    expect(blackholeActions(portsOn(seen(), "gamma"))).toEqual([]);
  });
});
