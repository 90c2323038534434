/** Position of a NIC on the VM's PCI buses. */
export interface PciPlace {
  /** `pcie.0`, or the bus behind a bridge. */
  readonly bus: string;
  /** QEMU's `addr=`, slot and function in hexadecimal: `4.0`. */
  readonly addr: string;
  /** Function 0 must announce that the slot has more functions, or the guest does not probe them. */
  readonly multifunction: boolean;
}

export interface PciBridge {
  /** Also the name of the bus behind it. */
  readonly id: string;
  readonly place: PciPlace;
}

export interface PciLayout {
  /** Bridges that are needed besides the root bus. */
  readonly bridges: readonly PciBridge[];
  /** One for each NIC. */
  readonly nics: readonly PciPlace[];
}

/** Slots 1 to 7 of the root bus are reserved for disks, serial devices and the like; 0x1f is the chipset's (q35). */
const FIRST_SLOT = 8;
const ROOT_SLOTS = 16;
const FIRST_BRIDGE_SLOT = FIRST_SLOT + ROOT_SLOTS;
/** Slot 0 of a bridge belongs to its hot-plug controller. */
const BRIDGE_SLOTS = 31;
const FUNCTIONS = 8;
const ON_ROOT = ROOT_SLOTS * FUNCTIONS;
const ON_BRIDGE = BRIDGE_SLOTS * FUNCTIONS;

/**
 * Places `count` NICs. A PCI bus has 32 slots, and a leaf may have more ports: once every slot is taken, NICs share
 * slots as functions, and once every function is taken, they continue behind bridges. The guest names its ports by MAC
 * address, so a NIC's position has no meaning.
 */
export function placeNics(count: number): PciLayout {
  const onRoot = Math.min(count, ON_ROOT);
  const nics = fill("pcie.0", FIRST_SLOT, ROOT_SLOTS, onRoot);
  const bridges: PciBridge[] = [];
  for (let left = count - onRoot; left > 0; left -= ON_BRIDGE) {
    const id = `pci.${bridges.length + 1}`;
    const addr = slotAddress(FIRST_BRIDGE_SLOT + bridges.length, 0);
    bridges.push({ id, place: { bus: "pcie.0", addr, multifunction: false } });
    nics.push(...fill(id, 1, BRIDGE_SLOTS, Math.min(left, ON_BRIDGE)));
  }
  return { bridges, nics };
}

/** Fills every slot once before it adds functions, because NICs in one slot share one interrupt line. */
function fill(bus: string, firstSlot: number, slots: number, count: number): PciPlace[] {
  return Array.from({ length: count }, (_, index) => ({
    bus,
    addr: slotAddress(firstSlot + (index % slots), Math.floor(index / slots)),
    multifunction: index + slots < count && index < slots,
  }));
}

function slotAddress(slot: number, pciFunction: number): string {
  return `${slot.toString(16)}.${pciFunction}`;
}
