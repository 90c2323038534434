import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { FRR_CONF } from "../../src/render/render.ts";
import { routingFacts } from "../../src/render/routing-facts.ts";
import { configFrom } from "../fabric/config.ts";
import { expectGolden } from "../golden.ts";
import { contentOf, nodeOf, render } from "./site.ts";

const KEY = "HOST_VIRTUAL_SUBNET6=fd69:6b76:7377::/48";
const fabric = planFabric(configFrom(KEY, "SERVER_ADDRESSES=fd69:6b76:7377:e::1:3=1-3"));
const filesOf = (name: string) => render(fabric, nodeOf(fabric, name));

/** Files with IPv6 in them; all others are as without it. */
const FILES = [
  ["internet", FRR_CONF],
  ["internet", "/etc/ikvswitch/network.batch"],
  ["leaf1", FRR_CONF],
  ["leaf1", "/etc/ikvswitch/network.batch"],
  ["leaf1", "/etc/ikvswitch/ip6tables"],
  ["leaf1", "/etc/kea/kea-dhcp6.conf"],
  ["leaf1", "/etc/hosts"],
  ["leaf2", FRR_CONF],
  ["leaf2", "/etc/ikvswitch/network.batch"],
] as const;

describe("a switch of a fabric with IPv6", () => {
  it.each(FILES)("has the files of the golden files: %s %s", (name, path) => {
    expectGolden(`render-ipv6/${name}${path}`, contentOf(filesOf(name), path));
  });

  it("knows all switches by their IPv6 loopbacks, too", () => {
    expect(contentOf(filesOf("spine1"), "/etc/ssh/ssh_known_hosts")).toMatch(
      /,192\.168\.98\.4,fd69:6b76:7377:f::4,192\.168\.110\.1,fd69:6b76:7377:a1::1,/,
    );
  });

  it("filters sources on leaves only, and only with SERVER_SOURCES=strict", () => {
    const paths = (of: typeof fabric, name: string) => render(of, nodeOf(of, name)).map(({ path }) => path);
    const filter = "/etc/ikvswitch/ip6tables";
    expect(paths(fabric, "leaf4")).toContain(filter);
    expect(paths(fabric, "spine1")).not.toContain(filter);
    const any = planFabric(configFrom(KEY, "SERVER_SOURCES=any"));
    expect(paths(any, "leaf4")).not.toContain(filter);
    expect(paths(planFabric(configFrom()), "leaf4")).not.toContain(filter);
  });

  it("does not use a configuration that was saved with another IPv6 network", () => {
    const other = planFabric(configFrom("HOST_VIRTUAL_SUBNET6=2001:db8:5::/48"));
    for (const name of ["internet", "leaf1", "leaf2"]) {
      expect(routingFacts(fabric, nodeOf(fabric, name))).not.toEqual(
        routingFacts(other, nodeOf(other, name)),
      );
    }
  });
});
