import type { Accelerator } from "./accelerator.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { type PciPlace, placeNics } from "./pci.ts";

/** A NIC for every port, each on the tap that the host's links have for it. */
export function networkArguments(ports: MachinePlan["ports"], accelerator: Accelerator): string[] {
  const layout = placeNics(ports.length);
  return [
    ...layout.bridges.flatMap(({ id, place }, index) => [
      "-device",
      // Bridges are told apart by chassis number, which must not be 0.
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
    // 10 Gbit/s. FRR looks at a port of no known speed every five seconds for four minutes, at each VLAN on it, too.
    "speed=10000,duplex=full",
    // No boot ROM: switches never boot from the network, and firmware would load one for every NIC.
    "romfile=",
    "disable-legacy=on",
    ...(accelerator === "tcg" ? EMULATED_CARD : []),
  ];
  return [
    "-netdev",
    `tap,id=${port.name},ifname=${port.tap},script=no,downscript=no`,
    "-device",
    nic.join(","),
  ];
}

/**
 * What spares an emulated processor work, and would cost one under KVM some:
 *
 * * no MSI-X vectors: setting them up takes the guest more of its boot than plain interrupts take it later;
 * * what it tells a NIC is done by its own thread at once. Otherwise it wakes another of QEMU's, and where it needs an answer
 *   it spins until that has had its turn;
 * * no lists of addresses and VLANs that NICs are to take, a question and an answer for every change: they take all frames,
 *   as switches' NICs do;
 * * no announcements of its own to the network when its machine goes on.
 */
const EMULATED_CARD = [
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
