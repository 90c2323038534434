import { describe, expect, it } from "vitest";
import { planWithout } from "../../../src/check/evaluate/broken.ts";
import { evaluateServerSessions } from "../../../src/check/evaluate/server-sessions.ts";
import { checkPlan } from "../../../src/check/expect/plan.ts";
import { serverSessions } from "../../../src/check/expect/servers.ts";
import { type FrrObservation, nothingSeen, seen } from "../../../src/check/model/observation.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { shippedConfig } from "../../fabric/config.ts";

const fabric = planFabric(shippedConfig());
const server = { name: "web1", rack: 1, nics: 2, position: 4, address: "192.168.98.254", asn: 4_210_001_004 };
const plan = checkPlan(fabric, null, [server]);
const FROM = "fe80::1";
const EXPECTED = "Established with AS 4210001004, which announces 192.168.98.254/32";

/** Returns what is observed of the server's session with leaf1. */
function observed(state: string, announced: readonly string[], from = FROM): string | undefined {
  const session = {
    state,
    remoteAs: server.asn,
    address: FROM,
    families: ["IPv4"],
    accepted: 1,
    sent: 9,
    sent6: 0,
  };
  const frr: FrrObservation = {
    ...{ daemons: ["bgpd"], cutOff: [], bfd: new Map() },
    sessions: new Map([["ens7.10", session]]),
    prefixes: announced.map((prefix) => ({ prefix, from, originAs: server.asn })),
  };
  const leaf1 = fabric.nodes.find(({ name }) => name === "leaf1");
  const [item, ...others] =
    leaf1 === undefined
      ? []
      : evaluateServerSessions(plan, leaf1, { ...nothingSeen("not queried"), frr: seen(frr) });
  expect(others).toEqual([]);
  expect(item).toMatchObject({ subject: "leaf1 ens7.10 web1", expected: EXPECTED });
  expect(item?.ok).toBe(item?.observed === EXPECTED);
  return item?.observed;
}

describe("a VM that speaks BGP", () => {
  it("is as planned if its session is established and the leaf has its address from it", () => {
    expect(observed("Established", ["192.168.98.254/32"])).toBe(EXPECTED);
  });

  it("differs without a session, or if the leaf has its address from nobody or from another", () => {
    expect(observed("Active", [])).toBe("Active");
    const missing = "Established with AS 4210001004, which does not announce 192.168.98.254/32";
    expect(observed("Established", ["192.168.98.253/32"])).toBe(missing);
    expect(observed("Established", ["192.168.98.254/32"], "fe80::2")).toBe(missing);
  });

  it("is checked on its own leaves only", () => {
    const names = fabric.nodes.filter(
      (node) => evaluateServerSessions(plan, node, nothingSeen("off")).length > 0,
    );
    expect(names.map(({ name }) => name)).toEqual(["leaf1", "leaf2"]);
  });

  it("is expected on the other leaf if a link or a leaf is broken", () => {
    const bridge = fabric.links.find(({ interfaces }) => interfaces.some(({ name }) => name === "ikvm1-4-1"));
    const sessions = (broken: { links?: readonly string[]; nodes?: readonly string[] }) => {
      const rest = planWithout(plan, { links: new Set(broken.links), nodes: new Set(broken.nodes) });
      return rest.fabric.nodes.flatMap((node) =>
        serverSessions(rest, node).map(({ port }) => [node.name, port]),
      );
    };
    expect(sessions({ links: [String(bridge?.bridge.name)] })).toEqual([["leaf2", "ens7.10"]]);
    expect(sessions({ nodes: ["leaf2"] })).toEqual([["leaf1", "ens7.10"]]);
    expect(sessions({ nodes: ["leaf1", "leaf2"] })).toEqual([]);
  });
});
