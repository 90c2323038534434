import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { knownHosts } from "../../src/render/known-hosts.ts";
import { configFrom } from "../fabric/config.ts";
import { nodeOf } from "./site.ts";

const fabric = planFabric(configFrom("NUM_RACKS=1", "NUM_U=3"));
const keys = Object.fromEntries(
  fabric.nodes.map(({ name }) => [name, `ssh-ed25519 key-of-${name} a comment\n`]),
);

describe("known hosts", () => {
  it("are all switches by their names and addresses, including their VLANs' gateways", () => {
    const hosts = knownHosts(fabric, keys, null);
    expect(hosts.map(({ key }) => key)).toEqual(fabric.nodes.map(({ name }) => `ssh-ed25519 key-of-${name}`));
    const leaf = nodeOf(fabric, "leaf1");
    const names = hosts.find(({ key }) => key.endsWith("key-of-leaf1"))?.names.split(",");
    expect(names).toContain("leaf1");
    expect(names).toContain(String(leaf.loopback));
    expect(names?.join()).not.toContain("%");
  });

  it("of a switch also contain its neighbors' link-local addresses", () => {
    const spine = nodeOf(fabric, "spine1");
    const hosts = knownHosts(fabric, keys, spine);
    const zones = hosts.flatMap(({ names }) => names.split(",").filter((name) => name.includes("%")));
    const wired = spine.ports.filter(({ peer }) => peer.kind === "node");
    expect(zones).toHaveLength(wired.length);
    expect(zones.every((name) => name.startsWith("fe80::"))).toBe(true);
  });

  it("need the key of every switch", () => {
    expect(() => knownHosts(fabric, {}, null)).toThrow("no host key of internet was given");
  });
});
