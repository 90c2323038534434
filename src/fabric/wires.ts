import type { Config } from "../config/types.ts";
import { Address } from "../net/address.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import type { NamedBy, TopologyEnd, TopologyWire } from "./cabling.ts";
import type { MacPlan } from "./macs.ts";
import type { Networks } from "./networks.ts";
import type { HostInterface, Wire } from "./types.ts";

/** The BMC network carries management only, no server's frames. */
const BMC_MTU = 1500;

/**
 * The wires with their MACs, MTUs and addresses. The host's wire has the MTU of all others: the host routes what
 * comes from it, so that a sender learns of a smaller MTU beyond by ICMP (RFC 1191).
 */
export function planWires(
  config: Config,
  networks: Networks,
  macs: MacPlan,
  wires: readonly TopologyWire[],
): Wire[] {
  const bridgesFrom = countInterfaces(wires);
  let nextInterface = 0;
  return wires.map((wire, index) => {
    const mtu = mtuOf(config, wire);
    return {
      kind: wire.kind,
      bridge: {
        name: wire.bridge.name,
        mac: macs.host(bridgesFrom + index),
        mtu,
        addresses: addressesOf(config, networks, wire),
      },
      interfaces: wire.ends.map(
        (end): HostInterface => ({
          name: end.name,
          mac: macs.host(nextInterface++),
          mtu,
          kind: end.kind,
          end: end.at,
        }),
      ),
    };
  });
}

export function mtuOf(config: Config, wire: TopologyWire): number {
  return wire.kind === "bmc" ? BMC_MTU : config.FABRIC_MTU;
}

/** The host's own place on its wire to the internet router, whose is the next one. */
export function hostAddress(networks: Networks): InterfaceAddress {
  return InterfaceAddress.in(networks.host, 1);
}

export function bmcAddress(config: Config, networks: Networks): InterfaceAddress {
  return new InterfaceAddress(Address.from(config.HOST_IPMI_IP), networks.bmc.length);
}

/** Interfaces that the host gains, bridges not counted. */
export function countInterfaces(wires: readonly TopologyWire[]): number {
  return wires.reduce((sum, wire) => sum + wire.ends.length, 0);
}

/** Every interface name of the host, bridges included. */
export function hostNames(wires: readonly TopologyWire[]): NamedBy[] {
  return wires.flatMap((wire): (NamedBy | TopologyEnd)[] => [...wire.ends, wire.bridge]);
}

function addressesOf(config: Config, networks: Networks, wire: TopologyWire): InterfaceAddress[] {
  switch (wire.kind) {
    case "host":
      return [hostAddress(networks)];
    case "bmc":
      return [bmcAddress(config, networks)];
    default:
      return [];
  }
}
