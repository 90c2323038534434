import type { PositionNic } from "../../fabric/positions.ts";

/**
 * QEMU's arguments for a position's NICs, one on each line. Without `script=no`, QEMU runs Debian's /etc/qemu-ifup,
 * which may move the tap to another bridge. `host_mtu` has the guest start with the link's MTU.
 */
export function qemuArguments(nics: readonly PositionNic[]): string {
  return nics
    .flatMap(({ nic, tap, mac, mtu }) => [
      `-netdev tap,id=nic${nic},ifname=${tap},script=no,downscript=no`,
      `-device virtio-net-pci,netdev=nic${nic},mac=${mac},host_mtu=${mtu}`,
    ])
    .join("\n");
}
