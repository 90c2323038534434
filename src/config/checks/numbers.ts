import { check, problemIf } from "./check.ts";

const LAST_VLAN = 4094;
const LAST_ASN = 4_294_967_295;
const FIRST_VNC_PORT = 5900;

/** AS numbers that no router may have. */
const RESERVED_ASNS: ReadonlyMap<number, string> = new Map([
  [23_456, "which stands in for 4-byte numbers (RFC 6793)"],
  [65_535, "which is reserved (RFC 7300)"],
  [LAST_ASN, "which is reserved (RFC 7300)"],
]);

/** The L2 VLANs' ids must be valid and differ from that of the servers' VLAN, since all are on the same ports. */
export const vlanIds = check(["LEAF_TO_VM_VLAN_NUM", "VLAN_START", "VLAN_SUBNETS_NUM"], (config) => {
  const first = config.VLAN_START;
  const last = first + config.VLAN_SUBNETS_NUM - 1;
  const servers = config.LEAF_TO_VM_VLAN_NUM;
  return [
    ...problemIf(
      last > LAST_VLAN,
      ["VLAN_START", "VLAN_SUBNETS_NUM"],
      () =>
        `${config.VLAN_SUBNETS_NUM} VLANs from VLAN_START=${first} on end at ${last}, and ${LAST_VLAN} is the last id; ` +
        `begin at ${LAST_VLAN - config.VLAN_SUBNETS_NUM + 1} or lower`,
    ),
    ...problemIf(
      servers >= first && servers <= last,
      ["LEAF_TO_VM_VLAN_NUM", "VLAN_START", "VLAN_SUBNETS_NUM"],
      () =>
        `LEAF_TO_VM_VLAN_NUM=${servers} is also one of the L2 VLANs, ${first} to ${last} ` +
        "(VLAN_START, VLAN_SUBNETS_NUM); both are on the same ports, so take an id that is free",
    ),
  ];
});

/** Consecutive AS numbers, one for each switch. */
export const asNumbers = check(["AS_START", "NUM_SPINES", "NUM_RACKS"], (config) => {
  const first = config.AS_START;
  const last = first + lastNode(config);
  const reserved = [...RESERVED_ASNS].find(([number]) => number >= first && number <= last);
  const why =
    last > LAST_ASN
      ? `and ${LAST_ASN - 1} is the last`
      : `and among them is ${reserved?.[0]}, ${reserved?.[1]}`;
  return problemIf(
    last > LAST_ASN || reserved !== undefined,
    ["AS_START", "NUM_RACKS", "NUM_SPINES"],
    () =>
      `${last - first + 1} switches have AS numbers ${first} to ${last}, ${why}; ` +
      "begin lower, or with AS_START=4200000000, where the private 4-byte numbers begin",
  );
});

/**
 * Consecutive displays, one for each switch. Numbers above 5900 are rejected because ports are easily mistaken for
 * displays.
 */
export const vncDisplays = check(["VNC_DISPLAY_START"], ({ VNC_DISPLAY_START: display }) =>
  problemIf(
    display >= FIRST_VNC_PORT,
    ["VNC_DISPLAY_START"],
    () =>
      `${display} is a TCP port, and this key takes a display; display 0 has port ${FIRST_VNC_PORT}, ` +
      `so port ${display} is VNC_DISPLAY_START=${display - FIRST_VNC_PORT}`,
  ),
);

/** Returns the number of switches after the internet router. */
function lastNode(config: { readonly NUM_SPINES: number; readonly NUM_RACKS: number }): number {
  return config.NUM_SPINES + 2 * config.NUM_RACKS;
}
