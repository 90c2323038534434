import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/types.ts";
import { ConfigError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { configFrom, shippedConfig } from "./config.ts";

describe("planFabric refuses", () => {
  it.each<[string, Partial<Config>, string]>([
    [
      "more switches than there are addresses for BMCs",
      { NUM_RACKS: 122 },
      "NUM_RACKS: addresses run out: 247 switches, and room for 245 BMCs in HOST_IPMI_IP's /24; with 2 spines there can be 121 racks",
    ],
    ["no rack", { NUM_RACKS: 0 }, "NUM_RACKS: a fabric has at least 1 rack"],
    [
      "spines whose number has two digits",
      { NUM_SPINES: 10 },
      "NUM_SPINES: a fabric has 1 to 9 spines: their number is one digit of an interface name",
    ],
    [
      "a rack without room",
      { NUM_U: 2 },
      "NUM_U: a rack has at least 3 U: two for its leaves and one for a server",
    ],
    [
      "more positions than a bridge has ports",
      { NUM_U: 1026 },
      "NUM_U: at most 1025: a leaf bridges its server ports, and a Linux bridge has 1023",
    ],
    [
      "a DHCP address outside all scopes",
      { DHCP_RESERVATIONS: ["52:54:00:00:00:01=192.168.113.5"] },
      "DHCP_RESERVATIONS: 52:54:00:00:00:01=192.168.113.5: the address is in no rack's DHCP network: 192.168.110.0/24, 192.168.111.0/24, 192.168.112.0/24",
    ],
    [
      "a reservation of the router's address",
      { DHCP_RESERVATIONS: ["52:54:00:00:00:01=192.168.111.1"] },
      "DHCP_RESERVATIONS: 52:54:00:00:00:01=192.168.111.1: 192.168.111.1 is the rack's router",
    ],
    [
      "a reservation of a broadcast address",
      { DHCP_RESERVATIONS: ["52:54:00:00:00:01=192.168.111.255"] },
      "DHCP_RESERVATIONS: 52:54:00:00:00:01=192.168.111.255: the first and the last address of a network are no machine's",
    ],
    [
      "a server's address at a position that there is not",
      { SERVER_ADDRESSES: ["192.168.100.2/32=4-3"] },
      "SERVER_ADDRESSES: 192.168.100.2/32=4-3: there is no such position: racks are 1 to 3, and servers are at U3 to U15",
    ],
    [
      "a switch's address as a server's",
      { SERVER_ADDRESSES: ["192.168.98.0/30=1-3"] },
      "SERVER_ADDRESSES: 192.168.98.0/30=1-3: 192.168.98.1/32 is the fabric's own; give a server's address",
    ],
    [
      "a server's address outside of all that servers may announce",
      { SERVER_ADDRESSES: ["10.9.9.9/32=1-3"] },
      "SERVER_ADDRESSES: 10.9.9.9/32=1-3: it is neither in 192.168.96.0/19 nor in SERVER_PREFIXES",
    ],
    [
      "an address of the host that a BMC has",
      { HOST_IPMI_IP: "192.168.200.13" },
      "HOST_IPMI_IP: 192.168.200.13 is the address of leaf1's BMC; take one below 192.168.200.10",
    ],
    [
      "the same MAC prefix for the host and the switches",
      { MAC_PREFIX: "08:00:27:06:ac" },
      "MAC_PREFIX: the host's MAC addresses 08:00:27:06:ac:10 to 08:00:27:06:ad:28 meet the switches' 08:00:27:06:ac:10 to 08:00:27:06:ac:b8 from GUEST_MAC_ADDRESS_PREFIX; move one of the prefixes",
    ],
    [
      "MAC prefixes of which one runs into the other",
      { MAC_PREFIX: "08:00:27:06:ab" },
      "MAC_PREFIX: the host's MAC addresses 08:00:27:06:ab:10 to 08:00:27:06:ac:28 meet the switches' 08:00:27:06:ac:10 to 08:00:27:06:ac:b8 from GUEST_MAC_ADDRESS_PREFIX; move one of the prefixes",
    ],
    [
      "a MAC prefix after which none is left",
      { MAC_PREFIX: "fe:ff:ff:ff:ff" },
      "MAC_PREFIX: the MAC addresses run out: there are no 281 unicast ones from here on; use a lower prefix",
    ],
    [
      "interface names that Linux would not take, telling the longest",
      { SPINE_BRIDGE_PREFIX: "spine-to-leaf-" },
      "SPINE_BRIDGE_PREFIX: makes the interface name spine-to-leaf-12, which has 16 characters; Linux allows 15: shorten it by 1",
    ],
    [
      "one name for two interfaces",
      { HOST_VM_TAP_IFNAME_PREFIX: "ikib1" },
      "INTERNET_TO_SPINE_BRIDGE_PREFIX: makes the interface name ikib1, which HOST_VM_TAP_IFNAME_PREFIX makes too; choose another",
    ],
  ])("%s", (_, overrides, expected) => {
    expect(problemsOf(shippedConfig(overrides))).toEqual([expected]);
  });

  it("more racks than the network has space for, with the prefix length to set", () => {
    // The PXE server is outside here, so one more /24 is free.
    const config = configFrom("NUM_RACKS=30", "AS_START=4200000000", "DHCP_RELAY_DESTINATION=192.168.1.1");
    expect(problemsOf(config)).toEqual([
      "NETWORK_PREFIX_LENGTH: addresses run out: 192.168.96.0/19 has 21 free /24s for the DHCP of 27 racks; " +
        "use a shorter prefix, such as HOST_VIRTUAL_SUBNET_START_PREFIX=10.0, HOST_VIRTUAL_SUBNET_END_PREFIX=0 " +
        "and NETWORK_PREFIX_LENGTH=16, or set DHCPD_SUBNET_N for each rack N",
    ]);
  });

  it("all problems at once", () => {
    const config = shippedConfig({
      HOST_IPMI_IP: "192.168.200.10",
      MAC_PREFIX: "08:00:27:06:ac",
      HOST_TAP_NAME_PREFIX: "virtual-wire",
      DHCP_RESERVATIONS: ["52:54:00:00:00:01=10.0.0.1", "52:54:00:00:00:02=10.0.0.2"],
    });
    expect(problemsOf(config).map((problem) => problem.split(":")[0])).toEqual([
      "DHCP_RESERVATIONS",
      "DHCP_RESERVATIONS",
      "MAC_PREFIX",
      "HOST_IPMI_IP",
      "HOST_TAP_NAME_PREFIX",
    ]);
  });
});

function problemsOf(config: Config): string[] {
  try {
    planFabric(config);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ key, message }) => `${key}: ${message}`);
    }
    throw error;
  }
  return [];
}
