import { Address } from "../../net/address.ts";
import { Prefix } from "../../net/prefix.ts";
import { check, problemIf } from "./check.ts";
import { describeNetwork, WHOLE_NETWORK_KEYS, wholeNetworkOf } from "./whole-network.ts";

/**
 * The SNAT address must be one to which answers are routed back. Whether this host has it is checked when the network
 * is built.
 */
export const myIp = check([...WHOLE_NETWORK_KEYS, "MY_IP", "HOST_IPMI_IP"], (config) => {
  const address = Address.parse(config.MY_IP);
  if (address === null) {
    return [];
  }
  const whole = wholeNetworkOf(config);
  const fabrics = [
    ...(whole === undefined ? [] : [whole]),
    Prefix.around(Address.from(config.HOST_IPMI_IP), 24),
  ].filter((network) => network.contains(address));
  const remedy = "use auto, or the address that `ip route get 1.1.1.1` shows after src";
  return [
    ...problemIf(
      address.isLoopback,
      ["MY_IP"],
      () =>
        `${config.MY_IP} is a loopback address, which cannot be a source address outside of this host; ${remedy}`,
    ),
    ...fabrics.map((network) => ({
      keys: ["MY_IP"] as const,
      message: `${config.MY_IP} is inside the fabric's network ${describeNetwork(network)}, to which nobody outside has a route; ${remedy}`,
    })),
  ];
});
