import type { Config } from "../config/types.ts";
import { formatPrefix, interfaceAddress } from "./address.ts";
import type { Networks } from "./networks.ts";
import type { Report } from "./report.ts";
import type { L2Vlan } from "./types.ts";

/** 0 means no VLAN and 4095 is reserved (IEEE 802.1Q). */
const FIRST_ID = 1;
const LAST_ID = 4094;

/** The layer 2 VLANs of the leaf that has them; ids count upwards from VLAN_START. */
export function planL2Vlans(config: Config, networks: Networks, report: Report): L2Vlan[] {
  const vlans = networks.vlans.map((network, index) => ({
    id: config.VLAN_START + index,
    bridge: `vlan${config.VLAN_START + index}`,
    prefix: formatPrefix(network),
    gateway: interfaceAddress(network, 1),
  }));
  const last = config.VLAN_START + config.VLAN_SUBNETS_NUM - 1;
  if (config.VLAN_SUBNETS_NUM > 0 && (config.VLAN_START < FIRST_ID || last > LAST_ID)) {
    report(
      "VLAN_START",
      `VLANs ${config.VLAN_START} to ${last} are wanted, and ids go from ${FIRST_ID} to ${LAST_ID}`,
    );
  }
  if (config.LEAF_TO_VM_VLAN_NUM < FIRST_ID || config.LEAF_TO_VM_VLAN_NUM > LAST_ID) {
    report("LEAF_TO_VM_VLAN_NUM", `VLAN ids go from ${FIRST_ID} to ${LAST_ID}`);
  }
  if (config.LEAF_TO_VM_VLAN_NUM >= config.VLAN_START && config.LEAF_TO_VM_VLAN_NUM <= last) {
    report(
      "LEAF_TO_VM_VLAN_NUM",
      `VLAN ${config.LEAF_TO_VM_VLAN_NUM} carries the servers' BGP and can't also be one of the ` +
        `VLANs ${config.VLAN_START} to ${last} (VLAN_START, VLAN_SUBNETS_NUM)`,
    );
  }
  return vlans;
}
