import type { DhcpScope, Fabric, L2Vlan, Node } from "../../fabric/types.ts";
import { formatFacts } from "../../format/facts.ts";
import { formatTable } from "../../format/table.ts";
import { labelEnd } from "./labels.ts";

/** Formats everything that is planned for one switch. */
export function formatNode(fabric: Fabric, node: Node): string {
  return [
    formatFacts([
      ["name", `${node.name}.${fabric.domain}`],
      ["role", describeRole(node)],
      ...(node.member === undefined ? [] : [["member", node.member] as const]),
      ["AS", node.asn],
      ["loopback", String(node.loopback)],
      ...(node.loopback6 === undefined ? [] : [["IPv6 loopback", String(node.loopback6)] as const]),
      ["VNC", `display ${node.machine.vncDisplay}, TCP port ${node.machine.vncPort}`],
      ["BMC", `${node.bmc.address.address}, UDP port ${node.bmc.port}`],
      ["machine", `${node.machine.memoryMiB} MiB, vCPUs: ${node.machine.vcpus}`],
    ]),
    formatPorts(node),
    ...(node.role === "leaf" && node.dhcp !== null ? [`DHCP\n\n${formatScope(node.dhcp)}`] : []),
    ...(node.role === "leaf" && node.l2Vlans.length > 0
      ? [`Layer 2 VLANs\n\n${formatVlans(node.l2Vlans)}`]
      : []),
  ].join("\n\n");
}

function describeRole(node: Node): string {
  return node.role === "leaf" ? `${node.side === 1 ? "left" : "right"} leaf of rack ${node.rack}` : node.role;
}

function formatPorts(node: Node): string {
  return formatTable(
    ["PORT", "NAME", "TO", "TAP", "BRIDGE", "MAC", "LINK-LOCAL", "ADDRESS"],
    node.ports.map((port) => [
      port.number,
      port.name,
      labelEnd(port.peer),
      port.tap,
      port.bridge,
      String(port.mac),
      String(port.linkLocal),
      [port.address, port.address6].flatMap((address) => address ?? []).join(", ") || null,
    ]),
  );
}

function formatScope(scope: DhcpScope): string {
  const facts = formatFacts([
    ["network", String(scope.prefix)],
    ["bridge", scope.bridge],
    ["router", String(scope.router.address)],
    ["pool", `${scope.poolFirst} to ${scope.poolLast}`],
    ["next server", String(scope.nextServer)],
    ["boot file, BIOS", scope.bootFileBios],
    ["boot file, UEFI", scope.bootFileUefi],
    ["boot file, UEFI on Arm", scope.bootFileArm64],
    ["HTTP boot, UEFI", scope.httpBootUrlUefi],
    ["HTTP boot, UEFI on Arm", scope.httpBootUrlArm64],
    ["iPXE script", scope.ipxeScriptUrl],
    ...(scope.network6 === undefined
      ? []
      : ([
          ["IPv6 network", String(scope.network6.prefix)],
          ["IPv6 router", String(scope.network6.router.address)],
          ["IPv6 pool", `${scope.network6.poolFirst} to ${scope.network6.poolLast}`],
        ] as const)),
  ]);
  const reservations = scope.reservations.map((item) => [
    String(item.mac),
    String(item.address),
    item.hostname,
  ]);
  return reservations.length === 0
    ? facts
    : `${facts}\n\n${formatTable(["RESERVED FOR", "ADDRESS", "NAME"], reservations)}`;
}

function formatVlans(vlans: readonly L2Vlan[]): string {
  return formatTable(
    ["VLAN", "INTERFACE", "NETWORK", "GATEWAY", "BGP WITH"],
    vlans.map((vlan) => [
      vlan.id,
      vlan.interface,
      String(vlan.prefix),
      [vlan.gateway.address, vlan.gateway6].flatMap((address) => address ?? []).join(", "),
      vlan.bgpServers.join(", ") || null,
    ]),
  );
}
