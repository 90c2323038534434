import { ConfigError } from "../../errors.ts";
import type { Fabric, LeafNode } from "../../fabric/types.ts";
import { formatFacts } from "../../format/facts.ts";
import { formatTable } from "../../format/table.ts";
import { labelEnd } from "./labels.ts";
import { formatNode } from "./node-tables.ts";

/**
 * Formats the plan for a terminal.
 *
 * @param nodeName only this switch, with all its ports
 * @throws ConfigError if there is no such switch
 */
export function formatPlan(fabric: Fabric, nodeName?: string): string {
  if (nodeName === undefined) {
    return formatFabric(fabric);
  }
  const node = fabric.nodes.find((candidate) => candidate.name === nodeName);
  if (node === undefined) {
    const names = fabric.nodes.map((candidate) => candidate.name).join(", ");
    throw new ConfigError([
      { file: "command line", message: `there is no switch "${nodeName}"; there are ${names}` },
    ]);
  }
  return formatNode(fabric, node);
}

function formatFabric(fabric: Fabric): string {
  const sections = [
    ["Fabric", formatSummary(fabric)],
    ["Switches", formatNodes(fabric)],
    ["DHCP", formatDhcp(fabric)],
    ["Layer 2 VLANs", formatVlans(fabric)],
    ["Links", formatLinks(fabric)],
  ];
  return sections
    .filter(([, text]) => text !== "")
    .map(([title, text]) => `${title}\n\n${text}`)
    .join("\n\n");
}

function formatSummary(fabric: Fabric): string {
  const { host, serverAccess } = fabric;
  const interfaces = fabric.links.flatMap((link) => link.interfaces).length;
  return formatFacts([
    ["network", `${fabric.prefix}, SNATed to ${describeSnat(fabric)} when it leaves the host`],
    ["host", `${host.address} on ${host.bridge}, gateway ${host.gateway}`],
    ["BMC network", `${host.bmcPrefix}, host ${host.bmcAddress.address} on ${host.bmcBridge}`],
    ["loopbacks", String(fabric.loopbackPrefix)],
    ["size", describeSize(fabric)],
    ["host gains", `${interfaces} network interfaces, ${fabric.links.length} bridges`],
    ["MTU", `${fabric.mtu} bytes`],
    ["servers", `BGP on VLAN ${serverAccess.vlan}, may announce ${serverAccess.allowedPrefixes.join(", ")}`],
    ["refused", describeRefused(fabric)],
  ]);
}

function describeSnat(fabric: Fabric): string {
  const { snatAddress } = fabric.host;
  return snatAddress === "auto" ? "the address of the default route's interface" : String(snatAddress);
}

function describeSize(fabric: Fabric): string {
  const spines = fabric.nodes.filter((node) => node.role === "spine").length;
  const positions = fabric.racks[0]?.positions ?? [];
  const places = `U${positions.at(0)} to U${positions.at(-1)}`;
  return `${fabric.racks.length} racks with servers at ${places}, ${spines} spines, ${fabric.nodes.length} switches`;
}

function describeRefused(fabric: Fabric): string {
  return `default routes, ${fabric.hostPrefix}, the ${fabric.nodes.length} loopbacks`;
}

function formatNodes(fabric: Fabric): string {
  return formatTable(
    ["NAME", "ROLE", "RACK", "AS", "LOOPBACK", "BMC", "VNC PORT", "MEMORY MIB", "VCPUS", "PORTS"],
    fabric.nodes.map((node) => [
      node.name,
      node.role,
      node.role === "leaf" ? node.rack : null,
      node.asn,
      String(node.loopback),
      String(node.bmc.address.address),
      node.machine.vncPort,
      node.machine.memoryMiB,
      node.machine.vcpus,
      node.ports.length,
    ]),
  );
}

function formatDhcp(fabric: Fabric): string {
  return formatTable(
    ["RACK", "ON", "NETWORK", "POOL", "ROUTER", "NEXT SERVER", "RESERVATIONS"],
    leavesOf(fabric).flatMap((leaf) =>
      leaf.dhcp === null
        ? []
        : [
            [
              leaf.rack,
              leaf.name,
              String(leaf.dhcp.prefix),
              `${leaf.dhcp.poolFirst} to ${leaf.dhcp.poolLast}`,
              String(leaf.dhcp.router.address),
              String(leaf.dhcp.nextServer),
              leaf.dhcp.reservations.length,
            ],
          ],
    ),
  );
}

function formatVlans(fabric: Fabric): string {
  const rows = leavesOf(fabric).flatMap((leaf) =>
    leaf.l2Vlans.map((vlan) => [vlan.id, leaf.name, String(vlan.prefix), String(vlan.gateway.address)]),
  );
  return rows.length === 0 ? "" : formatTable(["VLAN", "ON", "NETWORK", "GATEWAY"], rows);
}

function formatLinks(fabric: Fabric): string {
  return formatTable(
    ["BRIDGE", "INTERFACE", "OF", "INTERFACE", "OF"],
    fabric.links.map((link) => [
      link.bridge.name,
      ...link.interfaces.flatMap((end) => [end.name, labelEnd(end.end)]),
    ]),
  );
}

function leavesOf(fabric: Fabric): LeafNode[] {
  return fabric.nodes.filter((node) => node.role === "leaf");
}
