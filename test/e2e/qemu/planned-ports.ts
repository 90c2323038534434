import { expect } from "vitest";
import type { Fabric, Node } from "../../../src/fabric/types.ts";
import type { FabricSite } from "../fabric-site.ts";

/** Expects every switch to have exactly its planned ports, with their names, MACs and MTUs. */
export async function expectPlannedPorts(site: FabricSite, fabric: Fabric): Promise<void> {
  for (const node of fabric.nodes) {
    expectPorts(node, await site.inside(node.name, "ip", "-j", "link"));
  }
}

/** Expects the same of one switch. @param json output of `ip -j link` in the switch */
export function expectPorts(node: Node, json: string): void {
  const links = JSON.parse(json) as readonly {
    readonly ifname: string;
    readonly address: string;
    readonly mtu: number;
  }[];
  const ports = links.filter(({ ifname }) => /^(ens|eth)\d+$/.test(ifname));
  expect(new Map(ports.map((port) => [port.ifname, `${port.address} ${port.mtu}`])), node.name).toEqual(
    new Map(node.ports.map((port) => [port.name, `${port.mac} ${port.mtu}`])),
  );
}
