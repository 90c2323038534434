import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric } from "../../src/fabric/types.ts";
import {
  BRIDGE_SETTINGS,
  type DesiredNetwork,
  type DesiredRoute,
  desiredNetwork,
} from "../../src/host/desired.ts";
import { type DesiredDevice, hasIpv6, kernelKind } from "../../src/host/model/desired-devices.ts";
import type { IptablesView, ObservedFirewall } from "../../src/host/model/firewall.ts";
import type { DesiredRule } from "../../src/host/model/firewall-rules.ts";
import type { ObservedDevice, ObservedNetwork, ObservedRoute } from "../../src/host/model/observed.ts";
import { ROUTE_PROTOCOL } from "../../src/host/model/ownership.ts";
import { Address } from "../../src/net/address.ts";
import { InterfaceAddress } from "../../src/net/interface-address.ts";
import { Mac } from "../../src/net/mac.ts";
import { Prefix } from "../../src/net/prefix.ts";
import { configFrom } from "../fabric/config.ts";

/** One rack with one position, and one spine. */
export const smallFabric: Fabric = planFabric(
  configFrom("NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=3", "MAC_PREFIX=00:22:22:dd:ee"),
);

export const HOST_ADDRESS = "203.0.113.2";

export const SETTINGS = { snatAddress: HOST_ADDRESS };

export const ethernet: ObservedDevice = {
  index: 2,
  name: "eth0",
  alternativeNames: ["enp1s0"],
  kind: null,
  mac: Mac.from("52:54:00:12:34:56"),
  mtu: 1500,
  group: 0,
  alias: null,
  up: true,
  carrier: true,
  arp: true,
  learning: false,
  master: null,
  peer: null,
  vxlan: null,
  lower: null,
  qdisc: "pfifo_fast",
  tapOwner: null,
  bridge: null,
  addresses: [InterfaceAddress.from(`${HOST_ADDRESS}/24`)],
  addresses6: [],
};

const noRules: IptablesView = { forwardDrops: false, rules: [] };

/** A firewall with iptables and nft, and without rules. */
export const openFirewall: ObservedFirewall = {
  iptables: { ip: noRules, ip6: noRules },
  nft: { tables: [], chains: [], rules: [] },
};

/** A host with one NIC and a default route, on which ikvswitch never ran. */
export const bareHost: ObservedNetwork = {
  devices: [ethernet],
  redirects: [],
  routes: [
    route({ destination: "default", gateway: "203.0.113.1", devices: ["eth0"], protocol: 3 }),
    route({ destination: "203.0.113.0/24", devices: ["eth0"], protocol: 2, source: HOST_ADDRESS }),
  ],
  uplinkAddress: Address.from(HOST_ADDRESS),
  ipv6Devices: [],
  ipv6: true,
  v6: { routes: [], forwarding: false, acceptRa: [] },
  forwarding: { host: false, bridge: null },
  bridgeNetfilter: { ip: false, ip6: false },
  firewall: openFirewall,
  managerFiles: {},
  wirelessUplink: false,
  managers: [],
};

/** Returns the observation of a host whose network is as planned. */
export function builtHost(fabric: Fabric, bare: ObservedNetwork = bareHost): ObservedNetwork {
  const desired = desiredNetwork(fabric, bare, SETTINGS);
  return {
    ...bare,
    devices: [
      ...bare.devices,
      ...desired.devices.map((device, index) => built(desired, device, 100 + index)),
    ],
    redirects: desired.redirects.map((redirect) => ({ ...redirect, hasIngress: true })),
    routes: [...bare.routes, ...(desired.route === null ? [] : [builtRoute(desired.route)])],
    v6: {
      ...bare.v6,
      routes: [...bare.v6.routes, ...(desired.route6 === null ? [] : [builtRoute(desired.route6)])],
      forwarding: bare.v6.forwarding || desired.route6 !== null,
    },
    ipv6Devices: desired.devices.filter(hasIpv6).map(({ name }) => name),
    forwarding: { host: true, bridge: true },
    firewall: withRules(bare.firewall, desired.rules),
    managerFiles: Object.fromEntries(desired.managerFiles.map(({ path, content }) => [path, content])),
  };
}

function builtRoute({ prefix, gateway, device, source }: DesiredRoute): ObservedRoute {
  return route({
    destination: String(prefix),
    gateway: String(gateway),
    devices: [device],
    source: String(source),
    protocol: ROUTE_PROTOCOL,
  });
}

/** Returns the same observation with one device changed. */
export function withDevice(
  observed: ObservedNetwork,
  name: string,
  seen: Partial<ObservedDevice>,
): ObservedNetwork {
  return {
    ...observed,
    devices: observed.devices.map((device) => (device.name === name ? { ...device, ...seen } : device)),
  };
}

export function withoutDevices(observed: ObservedNetwork, ...names: readonly string[]): ObservedNetwork {
  return { ...observed, devices: observed.devices.filter(({ name }) => !names.includes(name)) };
}

/** A route, with its addresses and its prefix as text. */
export type RouteText = Partial<Omit<ObservedRoute, AddressKey>> & {
  readonly [Key in AddressKey]?: string | null;
};
type AddressKey = "destination" | "gateway" | "source";

export function route({ destination, gateway, source, ...rest }: RouteText): ObservedRoute {
  return {
    destination:
      typeof destination === "string" && destination !== "default" ? Prefix.from(destination) : "default",
    type: 1,
    table: 254,
    gateway: typeof gateway === "string" ? Address.from(gateway) : null,
    devices: [],
    source: typeof source === "string" ? Address.from(source) : null,
    protocol: 3,
    metric: 0,
    ...rest,
  };
}

function built({ addresses }: DesiredNetwork, device: DesiredDevice, index: number): ObservedDevice {
  const isBridge = device.kind === "bridge";
  const addressesOf = (family: 4 | 6) =>
    addresses.flatMap(({ device: name, address }) =>
      name === device.name && address.address.family === family ? [address] : [],
    );
  return {
    index,
    name: device.name,
    alternativeNames: [],
    kind: device.kind === "nic" ? "dummy" : kernelKind(device),
    mac: device.mac,
    mtu: device.mtu,
    group: device.group,
    alias: device.kind === "bridge" ? device.alias : null,
    up: true,
    carrier: true,
    arp: isBridge ? device.arp : true,
    learning: "learning" in device && device.learning,
    master: "bridge" in device ? device.bridge : null,
    peer: "peer" in device ? device.peer : null,
    vxlan: device.kind === "tunnel" ? device.vxlan : null,
    lower: device.kind === "macvtap" ? device.nic : null,
    qdisc: isBridge ? "noqueue" : "pfifo_fast",
    tapOwner: device.kind === "tap" ? device.owner : null,
    bridge: isBridge ? BRIDGE_SETTINGS : null,
    addresses: addressesOf(4),
    addresses6: addressesOf(6),
  };
}

function withRules(firewall: ObservedFirewall, rules: readonly DesiredRule[]): ObservedFirewall {
  const iptables = (family: "ip" | "ip6", view: IptablesView) => ({
    ...view,
    rules: rules.filter((rule) => rule.backend === "iptables" && rule.family === family),
  });
  return {
    iptables: firewall.iptables && {
      ip: iptables("ip", firewall.iptables.ip),
      ip6: iptables("ip6", firewall.iptables.ip6),
    },
    nft: firewall.nft && {
      ...firewall.nft,
      rules: rules
        .filter(({ backend }) => backend === "nft")
        .map((rule, index) => ({ ...rule, statement: `handle ${index + 7}` })),
    },
  };
}
