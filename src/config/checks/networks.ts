import { Address } from "../../net/address.ts";
import { Prefix } from "../../net/prefix.ts";
import { prefix24 } from "../value-types/addresses.ts";
import { check, type JointProblem, problemIf } from "./check.ts";
import { describeNetwork, WHOLE_NETWORK_KEYS, wholeNetworkOf } from "./whole-network.ts";

interface NamedNetwork {
  readonly key: string;
  readonly network: Prefix;
}

/** Every network of the fabric lies in the whole network and overlaps no other. */
export const networksApart = check(
  [
    ...WHOLE_NETWORK_KEYS,
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
      { key: "HOST_VIRTUAL_SUBNET_NET1", network: prefix24(config.HOST_VIRTUAL_SUBNET_NET1) },
      { key: "HOST_VIRTUAL_SUBNET_NET3", network: prefix24(config.HOST_VIRTUAL_SUBNET_NET3) },
      ...numberedNetworks(config.DHCPD_SUBNET, config.NUM_RACKS, (rack) => `DHCPD_SUBNET_${rack}`),
      ...numberedNetworks(
        config.VLAN_SBUNET_PREFIX,
        config.VLAN_SUBNETS_NUM,
        (vlan) => `VLAN_SBUNET${vlan}_PREFIX`,
      ),
    ];
    const outside = whole === undefined ? [] : named.filter(({ network }) => !whole.contains(network));
    const apart = named.flatMap(({ key, network }, index): JointProblem[] => {
      if (outside.some((other) => other.key === key)) {
        return [];
      }
      const earlier = named.slice(0, index).find((other) => other.network.overlaps(network));
      return earlier === undefined
        ? []
        : [
            {
              keys: [key, earlier.key],
              message: `${key} and ${earlier.key} are both ${network}; change one of them`,
            },
          ];
    });
    return whole === undefined ? apart : [...outsideProblem(whole, outside), ...apart];
  },
);

/**
 * Returns one problem for all of them: if several networks are outside, the whole network is too small or in the wrong
 * place.
 */
function outsideProblem(whole: Prefix, outside: readonly NamedNetwork[]): readonly JointProblem[] {
  const [first] = outside;
  if (first === undefined) {
    return [];
  }
  const list = outside.map(({ key, network }) => `${network} of ${key}`).join(", ");
  const keys = outside.map(({ key }) => key);
  const length = widerLength(whole, outside);
  const widen = length === undefined ? [] : [`write NETWORK_PREFIX_LENGTH=${length}, which holds all`];
  return [
    {
      keys: outside.length === 1 ? [first.key, LENGTH] : [LENGTH, ...keys],
      message:
        `${list} ${outside.length === 1 ? "is" : "are"} outside the whole network, ${describeNetwork(whole)}; ` +
        [...widen, `move ${outside.length === 1 ? "it" : "them"} into that one`].join(", or "),
    },
  ];
}

const LENGTH = "NETWORK_PREFIX_LENGTH";
const SHORTEST = 8;

/** Returns the longest prefix with the same first address that contains all of these; undefined if there is none. */
function widerLength(whole: Prefix, networks: readonly NamedNetwork[]): number | undefined {
  for (let length = whole.length - 1; length >= SHORTEST; length--) {
    const wider = Prefix.around(whole.first, length);
    if (wider.first.equals(whole.first) && networks.every(({ network }) => wider.contains(network))) {
      return length;
    }
  }
  return undefined;
}

/** The BMC network exists on the host only, so it must not overlap the whole network. */
export const bmcNetwork = check([...WHOLE_NETWORK_KEYS, "HOST_IPMI_IP"], (config) => {
  const whole = wholeNetworkOf(config);
  const address = Address.from(config.HOST_IPMI_IP);
  const bmcs = Prefix.around(address, 24);
  return [
    ...problemIf(
      whole !== undefined && bmcs.overlaps(whole),
      [
        "HOST_IPMI_IP",
        "HOST_VIRTUAL_SUBNET_END_PREFIX",
        "HOST_VIRTUAL_SUBNET_START_PREFIX",
        "NETWORK_PREFIX_LENGTH",
      ],
      () =>
        `the BMC network of HOST_IPMI_IP, ${bmcs}, overlaps the whole network, ` +
        `${whole === undefined ? "" : describeNetwork(whole)}; move one of them`,
    ),
    ...problemIf(
      [bmcs.first, bmcs.last].some((end) => end.equals(address)),
      ["HOST_IPMI_IP"],
      () => `${config.HOST_IPMI_IP} is the first or last address of its /24, which no host can have`,
    ),
  ];
});

/** Returns the networks of a family, without those beyond its count. */
export function numberedNetworks(
  family: Readonly<Record<number, string>>,
  count: number,
  keyOf: (number: number) => string,
): NamedNetwork[] {
  return Object.entries(family)
    .filter(([number]) => Number(number) <= count)
    .map(([number, octets]) => ({ key: keyOf(Number(number)), network: prefix24(octets) }));
}
