import { containsAddress, networkAround, parseAddress } from "../../fabric/address.ts";
import { check, problemIf } from "./check.ts";
import { network24 } from "./networks.ts";
import { describeNetwork, WHOLE_NETWORK_KEYS, wholeNetworkOf } from "./whole-network.ts";

/** 127.0.0.0/8 */
const LOOPBACK = networkAround(127 * 2 ** 24, 8);

/** An address from which answers come back: whether this machine has it is seen when the network is built. */
export const myIp = check([...WHOLE_NETWORK_KEYS, "MY_IP", "HOST_IPMI_IP"], (config) => {
  const address = parseAddress(config.MY_IP);
  if (address === null) {
    return [];
  }
  const whole = wholeNetworkOf(config);
  const fabrics = [
    ...(whole === undefined ? [] : [whole]),
    network24(config.HOST_IPMI_IP.split(".").slice(0, 3).join(".")),
  ].filter((network) => containsAddress(network, address));
  const remedy =
    "write auto, or the address from which this machine reaches the outside (`ip route get 1.1.1.1` shows it after src)";
  return [
    ...problemIf(
      containsAddress(LOOPBACK, address),
      ["MY_IP"],
      () =>
        `${config.MY_IP} is a loopback address, and nothing that leaves this machine may have it; ${remedy}`,
    ),
    ...fabrics.map((network) => ({
      keys: ["MY_IP"] as const,
      message: `${config.MY_IP} is inside the fabric's own ${describeNetwork(network)}, and nobody outside could answer; ${remedy}`,
    })),
  ];
});
