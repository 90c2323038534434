import type { PositionNic } from "../../fabric/positions.ts";
import { networkName } from "../model/positions.ts";

/**
 * Elements for the devices of a libvirt domain that use the fabric's own taps. `managed='no'` (libvirt 5.7) leaves the
 * tap, its MAC and its bridge as they are.
 */
export function libvirtInterfaces(nics: readonly PositionNic[]): string {
  return nics.map((nic) => tapInterface(nic)).join("\n");
}

/** @param boot place in the boot order, from 1; null: not booted from */
export function tapInterface({ tap, mac, mtu }: PositionNic, boot: number | null = null): string {
  return lines(
    "<interface type='ethernet'>",
    `  <mac address='${mac}'/>`,
    `  <target dev='${tap}' managed='no'/>`,
    "  <model type='virtio'/>",
    `  <mtu size='${mtu}'/>`,
    ...bootLine(boot),
    "</interface>",
  );
}

/**
 * The same, for the libvirt network of the NIC's link. Its guest starts with the link's MTU, which libvirt sets for a
 * bridge, and QEMU takes from a macvtap device.
 */
export function networkInterface(
  nic: PositionNic,
  kind: "bridge" | "macvtap",
  boot: number | null = null,
): string {
  return lines(
    "<interface type='network'>",
    `  <mac address='${nic.mac}'/>`,
    `  <source network='${networkName(nic)}'/>`,
    "  <model type='virtio'/>",
    ...(kind === "bridge" ? [`  <mtu size='${nic.mtu}'/>`] : []),
    ...bootLine(boot),
    "</interface>",
  );
}

/** The taps as options of virt-install. */
export function virtInstallOptions(nics: readonly PositionNic[]): string {
  return nics
    .map(
      ({ tap, mac, mtu }) =>
        `--network type=ethernet,mac.address=${mac},model.type=virtio,mtu.size=${mtu},target.dev=${tap},xpath0.set=./target/@managed=no`,
    )
    .join("\n");
}

function bootLine(boot: number | null): readonly string[] {
  return boot === null ? [] : [`  <boot order='${boot}'/>`];
}

function lines(...all: readonly string[]): string {
  return all.join("\n");
}
