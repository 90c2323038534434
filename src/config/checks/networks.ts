import { Address4 } from "ip-address";
import type { Config } from "../types.ts";
import { check, type KeyProblem, problemIf } from "./check.ts";

export interface NamedNetwork {
  readonly key: string;
  readonly network: Address4;
}

/** The keys that name the whole network agree, and it begins where a network of its length can. */
export const wholeNetwork = check(
  [
    "HOST_VIRTUAL_SUBNET_START_PREFIX",
    "HOST_VIRTUAL_SUBNET_END_PREFIX",
    "HOST_VIRTUAL_SUBNET_PREFIX",
    "NETWORK_PREFIX_LENGTH",
  ],
  (config) => {
    const joined = `${config.HOST_VIRTUAL_SUBNET_START_PREFIX}.${config.HOST_VIRTUAL_SUBNET_END_PREFIX}`;
    const whole = wholeNetworkOf(config);
    const first = threeOctetsOf(whole.startAddress());
    return [
      ...problemIf(
        config.HOST_VIRTUAL_SUBNET_PREFIX !== joined,
        "HOST_VIRTUAL_SUBNET_PREFIX",
        () =>
          `${config.HOST_VIRTUAL_SUBNET_PREFIX} is not ${joined}, as the two keys that it joins say; ` +
          "leave this key out and it follows them",
      ),
      ...problemIf(
        config.HOST_VIRTUAL_SUBNET_PREFIX === joined && first !== joined,
        "HOST_VIRTUAL_SUBNET_END_PREFIX",
        () =>
          `${joined}.0 is not where a network of length ${config.NETWORK_PREFIX_LENGTH} begins: ` +
          `${first}.0 is, with ${first.split(".").slice(0, 2).join(".")} in HOST_VIRTUAL_SUBNET_START_PREFIX ` +
          `and ${first.split(".")[2]} here`,
      ),
      ...problemIf(
        RESERVED.some((reserved) => overlap(reserved, whole)),
        "HOST_VIRTUAL_SUBNET_START_PREFIX",
        () => `${whole.address} is not for general use; take one of 10, 172.16 to 172.31, or 192.168`,
      ),
    ];
  },
);

/** Every network of the fabric lies in the whole one, and none in another. */
export const networksApart = check(
  [
    "HOST_VIRTUAL_SUBNET_PREFIX",
    "NETWORK_PREFIX_LENGTH",
    "HOST_VIRTUAL_SUBNET_NET1",
    "HOST_VIRTUAL_SUBNET_NET3",
    "DHCPD_SUBNET",
    "NUM_RACKS",
    "VLAN_SBUNET_PREFIX",
    "VLAN_SUBNETS_NUM",
  ],
  (config) => {
    const whole = wholeNetworkOf(config);
    const named: NamedNetwork[] = [
      { key: "HOST_VIRTUAL_SUBNET_NET1", network: network24(config.HOST_VIRTUAL_SUBNET_NET1) },
      { key: "HOST_VIRTUAL_SUBNET_NET3", network: network24(config.HOST_VIRTUAL_SUBNET_NET3) },
      ...numberedNetworks(config.DHCPD_SUBNET, config.NUM_RACKS, (rack) => `DHCPD_SUBNET_${rack}`),
      ...numberedNetworks(
        config.VLAN_SBUNET_PREFIX,
        config.VLAN_SUBNETS_NUM,
        (vlan) => `VLAN_SBUNET${vlan}_PREFIX`,
      ),
    ];
    return named.flatMap(({ key, network }, index): KeyProblem[] => {
      if (!network.isInSubnet(whole)) {
        return [{ key, message: `${network.address} is outside the whole network, ${describe(whole)}` }];
      }
      const earlier = named.slice(0, index).find((other) => overlap(other.network, network));
      return problemIf(
        earlier !== undefined,
        key,
        () => `${network.address} is already ${earlier?.key}; take a free one`,
      );
    });
  },
);

/** The BMC network is routed by the host alone. */
export const bmcNetwork = check(
  ["HOST_VIRTUAL_SUBNET_PREFIX", "NETWORK_PREFIX_LENGTH", "HOST_IPMI_IP"],
  (config) => {
    const whole = wholeNetworkOf(config);
    const bmcs = network24(config.HOST_IPMI_IP.split(".").slice(0, 3).join("."));
    const lastOctet = Number(config.HOST_IPMI_IP.split(".")[3]);
    return [
      ...problemIf(
        overlap(bmcs, whole),
        "HOST_IPMI_IP",
        () =>
          `the BMC network ${bmcs.address} overlaps the whole network, ${describe(whole)}; take one outside it`,
      ),
      ...problemIf(
        lastOctet === 0 || lastOctet === 255,
        "HOST_IPMI_IP",
        () => `${config.HOST_IPMI_IP} is the first or last address of its /24, which no machine can have`,
      ),
    ];
  },
);

/** 127.0.0.0/8 never leaves a machine, and routers drop 169.254.0.0/16. */
const RESERVED = [new Address4("127.0.0.0/8"), new Address4("169.254.0.0/16")];

export function wholeNetworkOf(
  config: Pick<Config, "HOST_VIRTUAL_SUBNET_PREFIX" | "NETWORK_PREFIX_LENGTH">,
): Address4 {
  return new Address4(`${config.HOST_VIRTUAL_SUBNET_PREFIX}.0/${config.NETWORK_PREFIX_LENGTH}`);
}

export function network24(threeOctets: string): Address4 {
  return new Address4(`${threeOctets}.0/24`);
}

/** The networks of a family, without those beyond its count. */
export function numberedNetworks(
  family: Readonly<Record<number, string>>,
  count: number,
  keyOf: (number: number) => string,
): NamedNetwork[] {
  return Object.entries(family)
    .filter(([number]) => Number(number) <= count)
    .map(([number, octets]) => ({ key: keyOf(Number(number)), network: network24(octets) }));
}

function overlap(a: Address4, b: Address4): boolean {
  return a.isInSubnet(b) || b.isInSubnet(a);
}

function threeOctetsOf(address: Address4): string {
  return address.correctForm().split(".").slice(0, 3).join(".");
}

/** `192.168.96.0/19 (up to 192.168.127.255)`. */
function describe(network: Address4): string {
  return `${network.startAddress().correctForm()}/${network.subnetMask} (up to ${network.endAddress().correctForm()})`;
}
