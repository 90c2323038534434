import { afterEach, describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Node } from "../../src/fabric/types.ts";
import { shippedConfig } from "../fabric/config.ts";
import { contentOf, nodeOf, render } from "../render/site.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

/** A node's network.batch, run by the real `ip` on veth interfaces in place of the node's ports. */
const fabric = planFabric(shippedConfig());
let network: NamespacedHost | undefined;

afterEach(async () => {
  await network?.close();
});

interface Link {
  readonly ifname: string;
  readonly master?: string;
  readonly address: string;
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly prefixlen: number;
  }[];
}

describe("network.batch", () => {
  it.each(["internet", "spine1", "leaf1", "leaf2", "leaf4"])(
    "of %s brings up lo and every port",
    async (name) => {
      const node = nodeOf(fabric, name);
      const links = await setUp(node);
      expect(addresses(links, "lo")).toContain(`${node.loopback}/32`);
      for (const port of node.ports) {
        expect(find(links, port.name)).toMatchObject({
          mtu: port.mtu,
          flags: expect.arrayContaining(["UP"]),
        });
        expect(addresses(links, port.name)).toEqual(port.address === null ? [] : [String(port.address)]);
      }
    },
  );

  it("of a left leaf joins the untagged server ports, under the first one's MAC and the router's address", async () => {
    const links = await setUp(nodeOf(fabric, "leaf1"));
    expect(find(links, "dhcp0")).toMatchObject({ ...BRIDGE, address: "08:00:27:06:ac:6b" });
    expect(addresses(links, "dhcp0")).toEqual(["192.168.110.1/24"]);
    expect(links.filter(({ master }) => master === "dhcp0").map(({ ifname }) => ifname)).toEqual(
      Array.from({ length: 13 }, (_, index) => `ens${index + 6}`),
    );
  });

  it("of rack 1's right leaf joins the server ports under the first one's MAC, without DHCP", async () => {
    const links = await setUp(nodeOf(fabric, "leaf2"));
    expect(find(links, "servers0")).toMatchObject({ ...BRIDGE, address: "08:00:27:06:ac:78" });
    expect(addresses(links, "servers0")).toEqual([]);
    expect(links.filter(({ master }) => master === "servers0").map(({ ifname }) => ifname)).toEqual(
      Array.from({ length: 13 }, (_, index) => `ens${index + 6}`),
    );
    expect(links.map(({ ifname }) => ifname)).not.toContain("dhcp0");
    for (const id of [11, 12, 13, 14, 15]) {
      const address = `address add 192.168.${102 + id}.1/24 dev vlan${id}`;
      expect(batch(nodeOf(fabric, "leaf2")).split("\n")).toContain(address);
    }
  });

  it("makes the server VLAN on every server port, and on the right leaf's bridge the L2 VLANs", () => {
    const vlans = (name: string) =>
      [
        ...batch(nodeOf(fabric, name)).matchAll(/^link add link (\S+) name (\S+) .*type vlan id (\d+)$/gm),
      ].map(([, port, vlan, id]) => `${port} ${vlan} ${id}`);
    const servers = Array.from({ length: 13 }, (_, n) => `ens${n + 6} ens${n + 6}.10 10`);
    expect(vlans("spine1")).toEqual([]);
    expect(vlans("leaf4")).toEqual(servers);
    expect(vlans("leaf2")).toEqual([
      ...servers,
      ...[11, 12, 13, 14, 15].map((id) => `servers0 vlan${id} ${id}`),
    ]);
  });
});

/** No spanning tree: it would block every port for 30 s, and there is only one path to each server. */
const BRIDGE = {
  mtu: 9000,
  flags: expect.arrayContaining(["UP"]),
  linkinfo: { info_data: { stp_state: 0, forward_delay: 0, mcast_snooping: 0 } },
};

async function setUp(node: Node): Promise<readonly Link[]> {
  network = await namespacedHost();
  const ports = node.ports.map(
    (port) => `link add name ${port.name} address ${port.mac} type veth peer name far-${port.name}`,
  );
  // Lines that need 802.1Q are left out if the kernel lacks it. The end-to-end tests run the whole batch in switches.
  const lines = batch(node)
    .split("\n")
    .filter((line) => !/ens\d+\.\d+|vlan\d+|vlan_filtering/.test(line));
  const input = [...ports, ...lines].join("\n");
  const { stderr } = await network.host.run({ file: "ip", args: ["-batch", "-"], input });
  expect(stderr).toBe("");
  const shown = await network.host.run({ file: "ip", args: ["-json", "-details", "address", "show"] });
  return JSON.parse(shown.stdout);
}

function batch(node: Node): string {
  return contentOf(render(fabric, node), "/etc/ikvswitch/network.batch");
}

function find(links: readonly Link[], name: string): Link | undefined {
  return links.find(({ ifname }) => ifname === name);
}

function addresses(links: readonly Link[], name: string): string[] {
  const own = find(links, name)?.addr_info.filter(({ family }) => family === "inet") ?? [];
  return own.map((address) => `${address.local}/${address.prefixlen}`);
}
