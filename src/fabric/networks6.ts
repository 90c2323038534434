import type { Config } from "../config/types.ts";
import type { Address } from "../net/address.ts";
import { Prefix } from "../net/prefix.ts";
import { upTo } from "./numbering.ts";
import type { Report } from "./report.ts";
import type { FabricSize } from "./size.ts";

/**
 * The networks of IPv6, each a /64 of the whole network. Numbers of racks, VLANs, switches and positions are in the
 * addresses with their decimal digits, so that addresses can be read: rack 12's network has number a12, VLAN 4094's
 * number 4094. The others begin with a letter, so that no two ever overlap.
 */
export interface Networks6 {
  readonly whole: Prefix;
  /** The network of the host's link. */
  readonly host: Prefix;
  /** One /128 for each switch. */
  readonly loopbacks: Prefix;
  /** Addresses that servers announce, one /128 for each position. */
  readonly servers: Prefix;
  readonly dhcp: (rack: number) => Prefix;
  readonly vlan: (id: number) => Prefix;
}

const LENGTH = 64;
/** Hexadecimal digits of /64 numbers. */
const HOST = "0";
const SERVERS = "e";
const LOOPBACKS = "f";
const RACK = "a";

/**
 * Returns the networks of IPv6; null without HOST_VIRTUAL_SUBNET6. Reports a network that has too few /64s.
 */
export function planNetworks6(config: Config, size: FabricSize, report: Report): Networks6 | null {
  if (config.HOST_VIRTUAL_SUBNET6 === "") {
    return null;
  }
  const whole = Prefix.from(config.HOST_VIRTUAL_SUBNET6);
  const numbers = usedNumbers(config, size);
  const last = Math.max(...numbers.map(({ digits }) => fromHex(digits)));
  const longest = LENGTH - last.toString(2).length;
  if (whole.length > longest) {
    const highest = numbers.find(({ digits }) => fromHex(digits) === last);
    report(
      "HOST_VIRTUAL_SUBNET6",
      `addresses run out: ${whole} has ${whole.subnetCount(LENGTH)} /64s, and ${highest?.what} has number ` +
        `${highest?.digits} (hexadecimal); use a prefix of length ${longest} or less`,
    );
    return null;
  }
  const at = (digits: string) => whole.subnet(LENGTH, fromHex(digits));
  return {
    whole,
    host: at(HOST),
    loopbacks: at(LOOPBACKS),
    servers: at(SERVERS),
    dhcp: (rack) => at(`${RACK}${rack}`),
    vlan: (id) => at(String(id)),
  };
}

/**
 * Returns the address of a network whose last groups have the digits of these numbers: 1 and 15 give `::1:15`.
 * @throws RangeError if a number has more than four digits
 */
export function numberedAddress(network: Prefix, ...numbers: readonly number[]): Address {
  return network.at(numbers.reduce((sum, number) => sum * 0x1_0000 + group(number), 0));
}

function group(number: number): number {
  const value = fromHex(String(number));
  if (value > 0xffff) {
    throw new RangeError(`${number} has more than four digits`);
  }
  return value;
}

interface UsedNumber {
  readonly digits: string;
  readonly what: string;
}

function usedNumbers(config: Config, size: FabricSize): readonly UsedNumber[] {
  return [
    { digits: LOOPBACKS, what: "the switches' loopbacks" },
    ...upTo(size.racks).map((rack) => ({ digits: `${RACK}${rack}`, what: `rack ${rack}` })),
    ...upTo(config.VLAN_SUBNETS_NUM).map((number) => {
      const id = config.VLAN_START + number - 1;
      return { digits: String(id), what: `VLAN ${id}` };
    }),
  ];
}

function fromHex(digits: string): number {
  return Number.parseInt(digits, 16);
}
