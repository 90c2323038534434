import type { PositionNic } from "../../fabric/positions.ts";

/**
 * Elements for the devices of a libvirt domain. `managed='no'` (libvirt 5.7) leaves the tap, its MAC and its bridge as
 * they are.
 */
export function libvirtInterfaces(nics: readonly PositionNic[]): string {
  return nics
    .map(
      ({ tap, mac, mtu }) => `<interface type='ethernet'>
  <mac address='${mac}'/>
  <target dev='${tap}' managed='no'/>
  <model type='virtio'/>
  <mtu size='${mtu}'/>
</interface>`,
    )
    .join("\n");
}

/** The same as options of virt-install. */
export function virtInstallOptions(nics: readonly PositionNic[]): string {
  return nics
    .map(
      ({ tap, mac, mtu }) =>
        `--network type=ethernet,mac.address=${mac},model.type=virtio,mtu.size=${mtu},target.dev=${tap},xpath0.set=./target/@managed=no`,
    )
    .join("\n");
}
