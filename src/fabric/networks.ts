import type { Config } from "../config/types.ts";
import {
  containsNetwork,
  formatPrefix,
  type Network,
  networkAround,
  overlap,
  parseAddress,
  parseThreeOctets,
} from "./address.ts";
import type { Report } from "./report.ts";

/** The networks that the configuration names, before any are found automatically. */
export interface Networks {
  /** Everything of ours: SNATed when it leaves. */
  readonly whole: Network;
  /** NET1: the host's wire. */
  readonly host: Network;
  /** NET3: one /32 for each node. */
  readonly loopbacks: Network;
  readonly bmc: Network;
  /** DHCP networks by rack, also of racks that don't exist yet. */
  readonly dhcp: ReadonlyMap<number, Network>;
  /** Networks of the L2 VLANs, in the order of their VLAN ids. */
  readonly vlans: readonly Network[];
  /** All of the above but the whole, and NET2, which is kept free. */
  readonly taken: readonly Network[];
}

interface NamedNetwork {
  readonly key: string;
  readonly network: Network;
  readonly inside: boolean;
}

const NOWHERE: Network = { first: 0, length: 32 };

/** Reads all networks, and reports those that leave the whole network or overlap each other. */
export function planNetworks(config: Config, report: Report): Networks {
  const named: NamedNetwork[] = [];
  const read = (
    key: string,
    text: string,
    parse: (text: string) => Network | null,
    inside: boolean,
  ): Network => {
    const network = parse(text);
    if (network === null) {
      report(key, `"${text}" is not the start of an IPv4 network`);
      return NOWHERE;
    }
    named.push({ key, network, inside });
    return network;
  };
  const readInside = (key: string, text: string) => read(key, text, parseThreeOctets, true);

  const whole = readWhole(config, report);
  const host = readInside("HOST_VIRTUAL_SUBNET_NET1", config.HOST_VIRTUAL_SUBNET_NET1);
  readInside("HOST_VIRTUAL_SUBNET_NET2", config.HOST_VIRTUAL_SUBNET_NET2);
  const loopbacks = readInside("HOST_VIRTUAL_SUBNET_NET3", config.HOST_VIRTUAL_SUBNET_NET3);
  const dhcp = new Map(
    Object.entries(config.DHCPD_SUBNET).map(([rack, text]) => [
      Number(rack),
      readInside(`DHCPD_SUBNET_${rack}`, text),
    ]),
  );
  const vlans = vlanPrefixes(config, report).map((text, index) =>
    readInside(`VLAN_SBUNET${index + 1}_PREFIX`, text),
  );
  const bmc = read("HOST_IPMI_IP", config.HOST_IPMI_IP, networkOfAddress, false);

  checkInside(whole, named, report);
  checkApart(named, report);
  return { whole, host, loopbacks, bmc, dhcp, vlans, taken: named.map((item) => item.network) };
}

/** Three octets each; those that the file doesn't name go on counting from VLAN_SBUNETS_START_IP. */
function vlanPrefixes(config: Config, report: Report): string[] {
  const lastOctet = config.VLAN_SBUNETS_START_IP + config.VLAN_SUBNETS_NUM - 1;
  const prefixes: string[] = [];
  for (let octet = config.VLAN_SBUNETS_START_IP; octet <= lastOctet; octet++) {
    const given = config.VLAN_SBUNET_PREFIX[prefixes.length + 1];
    if (given === undefined && octet > 255) {
      report(
        "VLAN_SUBNETS_NUM",
        `addresses run out: VLAN ${prefixes.length + 1} would be in ` +
          `${config.HOST_VIRTUAL_SUBNET_START_PREFIX}.${octet}; set VLAN_SBUNET${prefixes.length + 1}_PREFIX`,
      );
      break;
    }
    prefixes.push(given ?? `${config.HOST_VIRTUAL_SUBNET_START_PREFIX}.${octet}`);
  }
  return prefixes;
}

function readWhole(config: Config, report: Report): Network {
  const start = parseThreeOctets(config.HOST_VIRTUAL_SUBNET_PREFIX);
  if (start === null) {
    report("HOST_VIRTUAL_SUBNET_PREFIX", `"${config.HOST_VIRTUAL_SUBNET_PREFIX}" is not three octets`);
    return { first: 0, length: 0 };
  }
  const around = networkAround(start.first, config.NETWORK_PREFIX_LENGTH);
  if (around.first !== start.first) {
    report(
      "NETWORK_PREFIX_LENGTH",
      `${config.HOST_VIRTUAL_SUBNET_PREFIX}.0 is not the first address of a /${config.NETWORK_PREFIX_LENGTH}: ` +
        `that would be ${formatPrefix(around)}; set HOST_VIRTUAL_SUBNET_START_PREFIX and HOST_VIRTUAL_SUBNET_END_PREFIX to match`,
    );
  }
  return around;
}

function networkOfAddress(text: string): Network | null {
  const address = parseAddress(text);
  return address === null ? null : networkAround(address, 24);
}

function checkInside(whole: Network, named: readonly NamedNetwork[], report: Report): void {
  for (const { key, network, inside } of named) {
    if (inside && !containsNetwork(whole, network)) {
      report(
        key,
        `${formatPrefix(network)} is outside the whole network ${formatPrefix(whole)}: ` +
          "the host would neither route nor SNAT it",
      );
    }
  }
}

function checkApart(named: readonly NamedNetwork[], report: Report): void {
  named.forEach((later, index) => {
    for (const earlier of named.slice(0, index)) {
      if (overlap(earlier.network, later.network)) {
        report(later.key, `${formatPrefix(later.network)} is already ${earlier.key}`);
      }
    }
  });
}
