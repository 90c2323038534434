import {
  formatAddress,
  formatPrefix,
  lastAddress,
  type Network,
  networkAround,
  overlap,
  parseAddress,
} from "../../fabric/address.ts";
import type { Config } from "../keys/table.ts";
import { check, problemIf } from "./check.ts";

const START = "HOST_VIRTUAL_SUBNET_START_PREFIX";
const END = "HOST_VIRTUAL_SUBNET_END_PREFIX";
const JOINED = "HOST_VIRTUAL_SUBNET_PREFIX";
const LENGTH = "NETWORK_PREFIX_LENGTH";

/** What says where the whole network is. */
export const WHOLE_NETWORK_KEYS = [START, END, JOINED, LENGTH] as const;
type WholeNetworkConfig = Pick<Config, (typeof WHOLE_NETWORK_KEYS)[number]>;

/** The keys that name the whole network agree, and it begins where a network of its length can. */
export const wholeNetwork = check(WHOLE_NETWORK_KEYS, (config) => {
  const joined = join(config);
  const whole = wholeNetworkOf(config);
  if (whole === undefined) {
    const message = `${JOINED} is ${config[JOINED]}, and the keys that it joins say ${joined}; leave it out and it follows them`;
    return [{ keys: [JOINED, START, END], message }];
  }
  return [
    ...problemIf(
      formatAddress(whole.first) !== `${joined}.0`,
      [END, LENGTH, START],
      () =>
        `${joined}.0/${config[LENGTH]} begins within ${describeNetwork(whole)}; ${howToAlign(config, whole)}`,
    ),
    ...problemIf(
      RESERVED.some((reserved) => overlap(reserved, whole)),
      [START, END],
      () =>
        `${describeNetwork(whole)} is not for general use; take one within 10, 172.16 to 172.31, or 192.168`,
    ),
  ];
});

/** Undefined where the keys that name the whole network contradict each other. */
export function wholeNetworkOf(config: WholeNetworkConfig): Network | undefined {
  const prefix = config[JOINED];
  const address = parseAddress(`${prefix}.0`);
  return prefix === join(config) && address !== null ? networkAround(address, config[LENGTH]) : undefined;
}

/** `192.168.96.0/19 (up to 192.168.127.255)`. */
export function describeNetwork(network: Network): string {
  return `${formatPrefix(network)} (up to ${formatAddress(lastAddress(network))})`;
}

/** 127.0.0.0/8 never leaves a machine, and routers drop 169.254.0.0/16. */
const RESERVED: readonly Network[] = [
  { first: 127 * 2 ** 24, length: 8 },
  { first: (169 * 256 + 254) * 2 ** 16, length: 16 },
];

function join(config: WholeNetworkConfig): string {
  return `${config[START]}.${config[END]}`;
}

function howToAlign(config: WholeNetworkConfig, whole: Network): string {
  const [first, second, third] = formatAddress(whole.first).split(".");
  const start = `${first}.${second}`;
  return start === config[START] ? `write ${END}=${third}` : `write ${START}=${start} and ${END}=${third}`;
}
