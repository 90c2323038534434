import type { Fabric, InterfaceName } from "../fabric/types.ts";
import type { InterfaceAddress } from "../net/interface-address.ts";
import type { Prefix } from "../net/prefix.ts";
import type { Change } from "./changes.ts";
import type { DesiredNetwork, DesiredRoute } from "./desired.ts";
import { diffDevices } from "./diff-devices.ts";
import { haveSameSettings } from "./managers.ts";
import { type ObservedRule, ruleKey } from "./model/firewall-rules.ts";
import type { ObservedNetwork, ObservedRoute } from "./model/observed.ts";
import { deviceOwnership, ROUTE_PROTOCOL } from "./model/ownership.ts";

/** Returns the changes that turn `observed` into `desired`. Items that are not ours are never changed. */
export function diffNetwork(
  fabric: Fabric,
  desired: DesiredNetwork,
  observed: ObservedNetwork,
): readonly Change[] {
  const devices = diffDevices(desired.devices, observed.devices.filter(deviceOwnership(fabric)));
  // Everything attached to a replaced device is removed with it, and has to be created again.
  const replaced = devices.flatMap((change) =>
    change.kind === "replace-device" ? [change.device.name] : [],
  );
  return [
    ...devices,
    ...diffIpv6(desired, observed, replaced),
    ...diffAddresses(fabric, desired, observed, replaced),
    ...diffRoutes(fabric, desired.route, observed, replaced),
    ...diffRules(desired, observed),
    ...diffForwarding(fabric, observed),
    ...diffManagerFiles(desired, observed),
  ];
}

function diffIpv6(
  desired: DesiredNetwork,
  observed: ObservedNetwork,
  replaced: readonly InterfaceName[],
): readonly Change[] {
  const planned = new Set(desired.devices.map(({ name }) => name));
  return observed.ipv6Devices
    .filter((name) => planned.has(name) && !replaced.includes(name))
    .map((name) => ({ kind: "disable-ipv6", name }));
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
    .filter(deviceOwnership(fabric))
    .filter(({ name }) => planned.has(name) && !replaced.includes(name))
    .flatMap(({ name, addresses }) => addresses.map((address) => ({ device: name, address })));
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
  desired: DesiredRoute,
  observed: ObservedNetwork,
  replaced: readonly InterfaceName[],
): readonly Change[] {
  const ours = ourRoutes(fabric, observed).filter(
    ({ devices }) => !devices.some((name) => replaced.includes(name)),
  );
  const right = ours.find((route) => isDesiredRoute(desired, route));
  return [
    ...ours.filter((route) => route !== right).map((route) => ({ kind: "remove-route" as const, route })),
    ...(right === undefined ? [{ kind: "add-route" as const, route: desired }] : []),
  ];
}

/** Returns the routes with our protocol number, and other routes to our prefix over our devices. */
export function ourRoutes(fabric: Fabric, observed: ObservedNetwork): readonly ObservedRoute[] {
  const isOurs = deviceOwnership(fabric);
  const ours = new Set(observed.devices.filter(isOurs).map(({ name }) => name));
  return observed.routes.filter(
    ({ protocol, destination, devices }) =>
      protocol === ROUTE_PROTOCOL ||
      (isTo(destination, fabric.prefix) && devices.length > 0 && devices.every((device) => ours.has(device))),
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
function diffRules(desired: DesiredNetwork, observed: ObservedNetwork): readonly Change[] {
  const surplus = [...observedRules(observed)];
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

/** All firewall rules of ours. */
export function observedRules({ firewall }: ObservedNetwork): readonly ObservedRule[] {
  return [
    ...(firewall.iptables?.ip.rules ?? []),
    ...(firewall.iptables?.ip6.rules ?? []),
    ...(firewall.nft?.rules ?? []),
  ];
}

function diffForwarding(fabric: Fabric, { forwarding }: ObservedNetwork): readonly Change[] {
  return [
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
