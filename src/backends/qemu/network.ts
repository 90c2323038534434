import { MACVTAP_DESCRIPTOR } from "../../host/macvtap.ts";
import type { Accelerator } from "../../qemu/accelerator.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { type PciPlace, placeNics } from "./pci.ts";

/** Returns a NIC for every port, each on the tap that the host's links provide for it. */
export function networkArguments(ports: MachinePlan["ports"], accelerator: Accelerator): string[] {
  const layout = placeNics(ports.length);
  return [
    ...layout.bridges.flatMap(({ id, place }, index) => [
      "-device",
      // Bridges are distinguished by chassis number, which must not be 0.
      `pci-bridge,id=${id},chassis_nr=${index + 1},shpc=off,${pciOptions(place)}`,
    ]),
    ...ports.flatMap((port, index) => {
      const place = layout.nics[index];
      return place === undefined ? [] : nicArguments(port, place, accelerator);
    }),
  ];
}

function nicArguments(
  port: MachinePlan["ports"][number],
  place: PciPlace,
  accelerator: Accelerator,
): string[] {
  const nic = [
    `virtio-net-pci,netdev=${port.name},mac=${port.mac}`,
    pciOptions(place),
    // The guest starts with the link's MTU instead of 1500.
    `host_mtu=${port.mtu}`,
    // 10 Gbit/s. FRR polls a port of unknown speed, and each VLAN on it, every five seconds for four minutes.
    "speed=10000,duplex=full",
    // No boot ROM: switches never boot from the network, and firmware would load one for every NIC.
    "romfile=",
    "disable-legacy=on",
    ...(accelerator === "tcg" ? EMULATED_NIC : []),
  ];
  const tap =
    port.macvtap === true ? `fd=${MACVTAP_DESCRIPTOR}` : `ifname=${port.tap},script=no,downscript=no`;
  return ["-netdev", `tap,id=${port.name},${tap}`, "-device", nic.join(",")];
}

/**
 * NIC options that save work for an emulated processor, but would cause some under KVM:
 *
 * * no MSI-X vectors: during boot, their setup costs the guest more than plain interrupts cost it later;
 * * no ioeventfd: the virtual CPU's thread handles notifications of a NIC itself. Otherwise it wakes another thread of
 *   QEMU, and where it needs an answer, it spins until that thread has run;
 * * no filter lists of addresses and VLANs, which take a request and a reply for every change: the NICs accept all
 *   frames, as switches' NICs do;
 * * no announcements to the network by the guest when its VM is resumed.
 */
const EMULATED_NIC = [
  "vectors=0",
  "ioeventfd=off",
  "ctrl_rx=off",
  "ctrl_rx_extra=off",
  "ctrl_vlan=off",
  "guest_announce=off",
] as const;

function pciOptions(place: PciPlace): string {
  return `bus=${place.bus},addr=${place.addr}${place.multifunction ? ",multifunction=on" : ""}`;
}
