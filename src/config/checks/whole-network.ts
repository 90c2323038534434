import { Address } from "../../net/address.ts";
import { Prefix } from "../../net/prefix.ts";
import type { Config } from "../keys/table.ts";
import { check, problemIf } from "./check.ts";

const START = "HOST_VIRTUAL_SUBNET_START_PREFIX";
const END = "HOST_VIRTUAL_SUBNET_END_PREFIX";
const JOINED = "HOST_VIRTUAL_SUBNET_PREFIX";
const LENGTH = "NETWORK_PREFIX_LENGTH";

/** The keys that define the whole network. */
export const WHOLE_NETWORK_KEYS = [START, END, JOINED, LENGTH] as const;
type WholeNetworkConfig = Pick<Config, (typeof WHOLE_NETWORK_KEYS)[number]>;

/** The keys that define the whole network must agree, and its first address must fit its length. */
export const wholeNetwork = check(WHOLE_NETWORK_KEYS, (config) => {
  const joined = join(config);
  const whole = wholeNetworkOf(config);
  if (whole === undefined) {
    const message = `${JOINED}=${config[JOINED]} contradicts the two keys that it joins (${joined}); omit it`;
    return [{ keys: [JOINED, START, END], message }];
  }
  return [
    ...problemIf(
      whole.first.toString() !== `${joined}.0`,
      [END, LENGTH, START],
      () =>
        `${joined}.0/${config[LENGTH]} begins within ${describeNetwork(whole)}; ${howToAlign(config, whole)}`,
    ),
    ...problemIf(
      RESERVED.some((reserved) => reserved.overlaps(whole)),
      [START, END],
      () =>
        `${describeNetwork(whole)} is not for private use; choose one within 10, 172.16 to 172.31, or 192.168`,
    ),
  ];
});

/** Returns undefined if the keys that define the whole network contradict each other. */
export function wholeNetworkOf(config: WholeNetworkConfig): Prefix | undefined {
  const prefix = config[JOINED];
  const address = Address.parse(`${prefix}.0`);
  return prefix === join(config) && address !== null ? Prefix.around(address, config[LENGTH]) : undefined;
}

/** Returns `192.168.96.0/19 (up to 192.168.127.255)`. */
export function describeNetwork(network: Prefix): string {
  return `${network} (up to ${network.last})`;
}

/** 127.0.0.0/8 never leaves a host, and routers drop 169.254.0.0/16. */
const RESERVED = ["127.0.0.0/8", "169.254.0.0/16"].map(Prefix.from);

function join(config: WholeNetworkConfig): string {
  return `${config[START]}.${config[END]}`;
}

function howToAlign(config: WholeNetworkConfig, whole: Prefix): string {
  const [first, second, third] = whole.first.toString().split(".");
  const start = `${first}.${second}`;
  return start === config[START] ? `write ${END}=${third}` : `write ${START}=${start} and ${END}=${third}`;
}
