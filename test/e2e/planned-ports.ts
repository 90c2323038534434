import { expect } from "vitest";
import type { Fabric } from "../../src/fabric/types.ts";
import type { FabricSite } from "./fabric-site.ts";

/** That every switch has just its planned ports, under their names, with their MACs and MTUs. */
export async function expectPlannedPorts(site: FabricSite, fabric: Fabric): Promise<void> {
  for (const node of fabric.nodes) {
    const links = JSON.parse(await site.inside(node.name, "ip", "-j", "link")) as readonly {
      readonly ifname: string;
      readonly address: string;
      readonly mtu: number;
    }[];
    const ports = links.filter(({ ifname }) => /^(ens|eth)\d+$/.test(ifname));
    expect(new Map(ports.map((port) => [port.ifname, `${port.address} ${port.mtu}`]))).toEqual(
      new Map(node.ports.map((port) => [port.name, `${port.mac} ${port.mtu}`])),
    );
  }
}
