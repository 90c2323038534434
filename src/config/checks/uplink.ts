import { Address } from "../../net/address.ts";
import { InterfaceAddress } from "../../net/interface-address.ts";
import { Prefix } from "../../net/prefix.ts";
import { splitUplink } from "../value-types/uplink.ts";
import { check, problemIf } from "./check.ts";
import { describeNetwork, WHOLE_NETWORK_KEYS, wholeNetworkOf } from "./whole-network.ts";

/** With these kinds, no packet of the fabric leaves by this host, so that MY_IP and SERVERS_REACH would have no effect. */
export const uplinkBesideHost = check(["UPLINK", "MY_IP", "SERVERS_REACH"], (config) => {
  const { kind, device } = splitUplink(config.UPLINK);
  return [
    ...problemIf(
      config.MY_IP !== "auto" && (device !== null || kind === "isolated"),
      ["MY_IP", "UPLINK"],
      () =>
        `${config.MY_IP} has no meaning with UPLINK=${config.UPLINK}, which does not use this host's address; write auto`,
    ),
    ...problemIf(
      device !== null && config.SERVERS_REACH !== "all",
      ["SERVERS_REACH", "UPLINK"],
      () =>
        `this host can't enforce SERVERS_REACH=${config.SERVERS_REACH} with UPLINK=${config.UPLINK}, since servers' packets don't pass it; ` +
        "write all, or use UPLINK=nat, routed or isolated",
    ),
  ];
});

/** A fixed address needs a router in its network, and a network that is not the fabric's. */
export const uplinkAddresses = check(
  ["UPLINK", "UPLINK_ADDRESS", "UPLINK_GATEWAY", "HOST_IPMI_IP", ...WHOLE_NETWORK_KEYS],
  (config) => {
    if (splitUplink(config.UPLINK).device === null) {
      return [];
    }
    const own = InterfaceAddress.parse(config.UPLINK_ADDRESS);
    const gateway = Address.parse(config.UPLINK_GATEWAY);
    if (own === null) {
      return problemIf(
        gateway !== null,
        ["UPLINK_GATEWAY", "UPLINK_ADDRESS"],
        () => "with UPLINK_ADDRESS=dhcp the DHCP server names the router; omit UPLINK_GATEWAY",
      );
    }
    const whole = wholeNetworkOf(config);
    const fabrics = [
      ...(whole === undefined ? [] : [whole]),
      Prefix.around(Address.from(config.HOST_IPMI_IP), 24),
    ];
    return [
      ...problemIf(
        gateway === null || !own.prefix.contains(gateway) || gateway.equals(own.address),
        ["UPLINK_GATEWAY", "UPLINK_ADDRESS"],
        () =>
          `${gateway === null ? "UPLINK_ADDRESS needs a router" : `${gateway} is no other address of ${own.prefix}`}; ` +
          `set UPLINK_GATEWAY to the router of ${own.prefix}`,
      ),
      ...fabrics
        .filter((network) => network.overlaps(own.prefix))
        .map((network) => ({
          keys: ["UPLINK_ADDRESS"] as const,
          message: `${own.prefix} overlaps the fabric's network ${describeNetwork(network)}; give the fabric another network`,
        })),
    ];
  },
);

/** A router outside learns the fabric's prefixes by BGP, where packets keep their sources. */
export const uplinkBgp = check(
  ["UPLINK", "UPLINK_NAT", "UPLINK_BGP_NEIGHBOR", "UPLINK_BGP_AS", "MY_IP", ...WHOLE_NETWORK_KEYS],
  (config) => {
    const { UPLINK_BGP_NEIGHBOR: neighbor, UPLINK_BGP_AS: asn } = config;
    const { kind, device } = splitUplink(config.UPLINK);
    const remedy = device === null ? "use UPLINK=routed" : "use UPLINK_NAT=no";
    const hasRoutes = device === null ? kind === "routed" : config.UPLINK_NAT === "no";
    return [
      ...problemIf(
        (neighbor === "") !== (asn === ""),
        ["UPLINK_BGP_NEIGHBOR", "UPLINK_BGP_AS"],
        () => "UPLINK_BGP_NEIGHBOR and UPLINK_BGP_AS belong together: set both, or neither",
      ),
      ...problemIf(
        neighbor !== "" && !hasRoutes,
        ["UPLINK_BGP_NEIGHBOR", "UPLINK", "UPLINK_NAT"],
        () =>
          `with UPLINK=${config.UPLINK} nobody outside needs a route to the fabric; ${remedy}, or omit UPLINK_BGP_NEIGHBOR`,
      ),
      ...problemIf(
        neighbor !== "" && kind === "routed" && config.MY_IP === "auto",
        ["UPLINK_BGP_NEIGHBOR", "MY_IP"],
        () =>
          "UPLINK=routed announces MY_IP as the next hop, and it is auto; set MY_IP to this host's address on that network",
      ),
      ...problemIf(
        neighbor !== "" && wholeNetworkOf(config)?.contains(Address.from(neighbor)) === true,
        ["UPLINK_BGP_NEIGHBOR"],
        () => `${neighbor} is inside the fabric's network; servers have sessions with their leaves`,
      ),
    ];
  },
);

/** A session within one AS (iBGP) would not announce what it should. */
export const uplinkAs = check(["UPLINK_BGP_AS", "AS_START", "NUM_SPINES", "NUM_RACKS"], (config) => {
  const asn = Number(config.UPLINK_BGP_AS);
  const last = config.AS_START + config.NUM_SPINES + 2 * config.NUM_RACKS;
  return problemIf(
    asn >= config.AS_START && asn <= last,
    ["UPLINK_BGP_AS", "AS_START"],
    () => `${asn} is an AS number of the fabric's switches, ${config.AS_START} to ${last}; change AS_START`,
  );
});
