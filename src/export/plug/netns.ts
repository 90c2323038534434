import type { PositionNic } from "../../fabric/positions.ts";

/**
 * Commands that make a network namespace the server at a position, with veth pairs in place of taps. The host's ends
 * are ports of the links' bridges: they learn no MACs, as the other ports there, and have no IPv6 of their own.
 */
export function netnsCommands(nics: readonly PositionNic[], name: string): string {
  return [
    `ip netns add ${name}`,
    `ip -n ${name} link set lo up`,
    ...nics.flatMap(({ rack, position, nic, bridge, mac, mtu }) => {
      const [hostEnd, inside] = [`plug${rack}-${position}-${nic}`, `eth${nic - 1}`];
      return [
        `ip link add ${hostEnd} mtu ${mtu} master ${bridge} type veth peer name ${inside} address ${mac} mtu ${mtu} netns ${name}`,
        `ip link set dev ${hostEnd} type bridge_slave learning off`,
        `sysctl -q -w net.ipv6.conf.${hostEnd}.disable_ipv6=1`,
        `ip link set dev ${hostEnd} up`,
        `ip -n ${name} link set dev ${inside} up`,
      ];
    }),
  ].join("\n");
}
