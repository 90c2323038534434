import { Address } from "../../net/address.ts";
import type { Prefix } from "../../net/prefix.ts";
import { prefix24 } from "../value-types/addresses.ts";
import { check, type JointProblem, problemIf } from "./check.ts";
import { numberedNetworks } from "./networks.ts";

/** The PXE server may be anywhere: in a rack, on this host, outside. It cannot have an address of the switches. */
export const nextServer = check(
  [
    "DHCP_RELAY_DESTINATION",
    "HOST_VIRTUAL_SUBNET_NET1",
    "HOST_VIRTUAL_SUBNET_NET3",
    "DHCPD_SUBNET",
    "NUM_RACKS",
    "VLAN_SBUNET_PREFIX",
    "VLAN_SUBNETS_NUM",
  ],
  (config) => {
    const address = Address.from(config.DHCP_RELAY_DESTINATION);
    const isAt = (network: Prefix, ...places: readonly number[]) =>
      places.some((place) => network.at(place).equals(address));
    const networksOfServers = [
      ...numberedNetworks(config.DHCPD_SUBNET, config.NUM_RACKS, String),
      ...numberedNetworks(config.VLAN_SBUNET_PREFIX, config.VLAN_SUBNETS_NUM, String),
    ].map(({ network }) => network);
    const belongsToSwitches =
      prefix24(config.HOST_VIRTUAL_SUBNET_NET3).contains(address) ||
      isAt(prefix24(config.HOST_VIRTUAL_SUBNET_NET1), 0, 2, 255) ||
      networksOfServers.some((network) => isAt(network, 0, 1, 255));
    return problemIf(
      belongsToSwitches,
      ["DHCP_RELAY_DESTINATION"],
      () =>
        `${config.DHCP_RELAY_DESTINATION} is an address of the switches; give the address of your PXE server`,
    );
  },
);

/** Each server has one address and one name. */
export const reservations = check(["DHCP_RESERVATIONS"], (config) => {
  const parts = config.DHCP_RESERVATIONS.map((reservation) => reservation.split("="));
  return [0, 1, 2].flatMap((part) => repeated(parts.map((fields) => fields[part]?.toLowerCase())));
});

function repeated(values: readonly (string | undefined)[]): JointProblem[] {
  const twice = values.filter((value, index) => value !== undefined && values.indexOf(value) !== index);
  return [...new Set(twice)].map((value) => ({
    keys: ["DHCP_RESERVATIONS"],
    message: `${value} is reserved twice; each MAC, address and host name must be unique`,
  }));
}
