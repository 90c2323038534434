import { isFabricGroup } from "../fabric/mark.ts";
import type { Fabric, InterfaceName } from "../fabric/types.ts";
import { leavesByHost } from "../fabric/uplink.ts";
import type { InterfaceAddress } from "../net/interface-address.ts";
import type { Prefix } from "../net/prefix.ts";
import type { Change } from "./changes.ts";
import type { DesiredNetwork, DesiredRoute } from "./desired.ts";
import { diffDevices } from "./diff-devices.ts";
import { haveSameSettings } from "./managers.ts";
import { hasIpv6 } from "./model/desired-devices.ts";
import { type ObservedRule, ruleKey } from "./model/firewall-rules.ts";
import type { ObservedNetwork, ObservedRoute } from "./model/observed.ts";
import { deviceOwnership, ownComments, ROUTE_PROTOCOL } from "./model/ownership.ts";

/** Returns the changes that turn `observed` into `desired`. Items that are not ours are never changed. */
export function diffNetwork(
  fabric: Fabric,
  desired: DesiredNetwork,
  observed: ObservedNetwork,
): readonly Change[] {
  const devices = diffDevices(
    desired.devices,
    observed.devices.filter(deviceOwnership(fabric, observed.devices)),
  );
  // Everything attached to a replaced device is removed with it, and has to be created again.
  const replaced = devices.flatMap((change) =>
    change.kind === "replace-device" ? [change.device.name] : [],
  );
  return [
    ...devices,
    ...diffRedirects(desired, observed, devices),
    ...diffIpv6(desired, observed, replaced),
    ...diffAddresses(fabric, desired, observed, replaced),
    ...diffRoutes(fabric, desired, observed, replaced),
    ...diffRules(fabric, desired, observed),
    ...diffForwarding(fabric, desired, observed),
    ...diffManagerFiles(desired, observed),
  ];
}

/** A redirect ends with either of its devices, so it is set again when one of them is made. */
function diffRedirects(
  { redirects }: DesiredNetwork,
  observed: ObservedNetwork,
  changes: readonly Change[],
): readonly Change[] {
  const made = new Set(
    changes.flatMap((change) =>
      change.kind === "add-device" || change.kind === "replace-device" ? [change.device.name] : [],
    ),
  );
  const present = new Map(observed.redirects.map((redirect) => [redirect.from, redirect]));
  return redirects.flatMap((redirect): readonly Change[] => {
    const { to = null, hasIngress = false } = (!made.has(redirect.from) && present.get(redirect.from)) || {};
    const isRight = to === redirect.to && !made.has(redirect.to);
    return isRight ? [] : [{ kind: "set-redirect", redirect, observed: to, replace: hasIngress }];
  });
}

function diffIpv6(
  desired: DesiredNetwork,
  observed: ObservedNetwork,
  replaced: readonly InterfaceName[],
): readonly Change[] {
  const stays = new Set(observed.devices.map(({ name }) => name).filter((name) => !replaced.includes(name)));
  return desired.devices
    .filter(({ name }) => stays.has(name))
    .flatMap((device): readonly Change[] => {
      const { name } = device;
      const isOn = observed.ipv6Devices.includes(name);
      if (hasIpv6(device)) {
        return isOn ? [] : [{ kind: "enable-ipv6", name }];
      }
      return isOn ? [{ kind: "disable-ipv6", name }] : [];
    });
}

function diffAddresses(
  fabric: Fabric,
  desired: DesiredNetwork,
  observed: ObservedNetwork,
  replaced: readonly InterfaceName[],
): readonly Change[] {
  const key = (device: InterfaceName, address: InterfaceAddress) => `${device} ${address}`;
  const planned = new Set(desired.devices.map(({ name }) => name));
  const wanted = new Set(desired.addresses.map(({ device, address }) => key(device, address)));
  const present = observed.devices
    .filter(deviceOwnership(fabric, observed.devices))
    .filter(({ name }) => planned.has(name) && !replaced.includes(name))
    .flatMap(({ name, addresses, addresses6 }) =>
      [...addresses, ...addresses6].map((address) => ({ device: name, address })),
    );
  const found = new Set(present.map(({ device, address }) => key(device, address)));
  return [
    ...present
      .filter(({ device, address }) => !wanted.has(key(device, address)) && !isBmcs(fabric, device, address))
      .map((address) => ({ kind: "remove-address" as const, ...address })),
    ...desired.addresses
      .filter(({ device, address }) => !found.has(key(device, address)))
      .map((address) => ({ kind: "add-address" as const, address })),
  ];
}

/** Reports whether this is a BMC's address: src/bmc adds and removes the BMC bridge's /32s. */
function isBmcs(fabric: Fabric, device: InterfaceName, address: InterfaceAddress): boolean {
  return device === fabric.host.bmcBridge && address.isSingle;
}

function diffRoutes(
  fabric: Fabric,
  desired: DesiredNetwork,
  observed: ObservedNetwork,
  replaced: readonly InterfaceName[],
): readonly Change[] {
  const ours = ourRoutes(fabric, observed).filter(
    ({ devices }) => !devices.some((name) => replaced.includes(name)),
  );
  const wanted = [desired.route, desired.route6].filter((route) => route !== null);
  const right = wanted.map((route) => ours.find((candidate) => isDesiredRoute(route, candidate)));
  return [
    ...ours
      .filter((route) => !right.includes(route))
      .map((route) => ({ kind: "remove-route" as const, route })),
    ...wanted
      .filter((_, index) => right[index] === undefined)
      .map((route) => ({ kind: "add-route" as const, route })),
  ];
}

/**
 * Returns the routes with our protocol number, except those over the devices of another fabric, and other routes to our
 * prefixes over our devices.
 */
export function ourRoutes(fabric: Fabric, observed: ObservedNetwork): readonly ObservedRoute[] {
  const isOurs = deviceOwnership(fabric, observed.devices);
  const ours = new Set(observed.devices.filter(isOurs).map(({ name }) => name));
  const others = new Set(
    observed.devices
      .filter((device) => isFabricGroup(device.group) && !isOurs(device))
      .map(({ name }) => name),
  );
  const prefixes = [fabric.prefix, ...(fabric.networks6 === undefined ? [] : [fabric.networks6.prefix])];
  return [...observed.routes, ...observed.v6.routes].filter(
    ({ protocol, destination, devices }) =>
      (protocol === ROUTE_PROTOCOL && !devices.some((device) => others.has(device))) ||
      (prefixes.some((prefix) => isTo(destination, prefix)) &&
        devices.length > 0 &&
        devices.every((device) => ours.has(device))),
  );
}

const UNICAST = 1;
const MAIN_TABLE = 254;

function isDesiredRoute(desired: DesiredRoute, route: ObservedRoute): boolean {
  return (
    route.type === UNICAST &&
    route.table === MAIN_TABLE &&
    route.protocol === ROUTE_PROTOCOL &&
    isTo(route.destination, desired.prefix) &&
    route.gateway?.equals(desired.gateway) === true &&
    route.devices.join() === desired.device &&
    route.source?.equals(desired.source) === true
  );
}

function isTo(destination: ObservedRoute["destination"], prefix: Prefix): boolean {
  return destination !== "default" && destination.equals(prefix);
}

/** Removes duplicates of a rule: each desired rule accounts for one observed rule. */
function diffRules(fabric: Fabric, desired: DesiredNetwork, observed: ObservedNetwork): readonly Change[] {
  const surplus = [...ownRules(fabric, observed)];
  const missing = desired.rules.filter((rule) => {
    const index = surplus.findIndex((candidate) => ruleKey(candidate) === ruleKey(rule));
    if (index >= 0) {
      surplus.splice(index, 1);
    }
    return index < 0;
  });
  return [
    ...surplus.map((rule) => ({ kind: "remove-rule" as const, rule })),
    ...missing.map((rule) => ({ kind: "add-rule" as const, rule })),
  ];
}

/** Returns the fabric's firewall rules. */
export function ownRules(fabric: Fabric, { devices, firewall }: ObservedNetwork): readonly ObservedRule[] {
  const comments = ownComments(fabric, devices);
  return [
    ...(firewall.iptables?.ip.rules ?? []),
    ...(firewall.iptables?.ip6.rules ?? []),
    ...(firewall.nft?.rules ?? []),
  ].filter(({ owner }) => comments.includes(owner));
}

function diffForwarding(
  fabric: Fabric,
  { route6 }: DesiredNetwork,
  { forwarding, v6 }: ObservedNetwork,
): readonly Change[] {
  if (!leavesByHost(fabric.uplink)) {
    return [];
  }
  return [
    ...(route6 === null || v6.forwarding
      ? []
      : [{ kind: "enable-ipv6-forwarding" as const, acceptRa: v6.acceptRa }]),
    ...(forwarding.host ? [] : [{ kind: "enable-forwarding" as const }]),
    ...(forwarding.bridge === false && forwarding.host
      ? [{ kind: "enable-bridge-forwarding" as const, bridge: fabric.host.bridge }]
      : []),
  ];
}

function diffManagerFiles(desired: DesiredNetwork, observed: ObservedNetwork): readonly Change[] {
  const wanted = new Set(desired.managerFiles.map(({ path }) => path));
  return [
    ...Object.entries(observed.managerFiles)
      .filter(([path, content]) => content !== undefined && !wanted.has(path))
      .map(([path]) => ({ kind: "remove-manager-file" as const, path })),
    ...desired.managerFiles
      .filter(({ path, content }) => !haveSameSettings(observed.managerFiles[path] ?? "", content))
      .map((file) => ({
        kind: "write-manager-file" as const,
        file,
        missing: observed.managerFiles[file.path] === undefined,
      })),
  ];
}
