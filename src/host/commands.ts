import type { Fabric, InterfaceName } from "../fabric/types.ts";
import { leavesByHost } from "../fabric/uplink.ts";
import type { Change } from "./changes.ts";
import {
  createLines,
  createNicAlternatives,
  noLearningLine,
  qdiscLines,
  redirectLines,
  repairLines,
} from "./device-commands.ts";
import { firewallActions } from "./firewall/commands.ts";
import { giveMacvtap } from "./macvtap.ts";
import { reloadCommand } from "./managers.ts";
import { type Action, ipBatch, type Phase, tcBatch, withoutEmpty } from "./model/actions.ts";
import { type DesiredDevice, type DesiredPort, hasIpv6 } from "./model/desired-devices.ts";
import {
  acceptDadPath,
  acceptRaPath,
  disableIpv6Path,
  forwardingPath,
  IP_FORWARD_PATH,
  IPV6_FORWARD_PATH,
} from "./model/kernel-files.ts";
import type { ObservedRoute } from "./model/observed.ts";
import { ROUTE_PROTOCOL } from "./model/ownership.ts";

/**
 * Returns the phases that make the changes. Phases are few, and each starts a program at most once: with hundreds of
 * devices, starting programs would take most of the time.
 *
 * @param ipv6 true if the kernel has IPv6, which new devices then have on.
 * @param stayDown devices that are down and must not be brought up.
 */
export function changePhases(
  fabric: Fabric,
  changes: readonly Change[],
  ipv6: boolean,
  stayDown: readonly InterfaceName[] = [],
): readonly Phase[] {
  const added = addedDevices(changes);
  const nics = added.filter((device): device is DesiredPort => device.kind === "nic");
  const repaired = of(changes, "set-device");
  const withIpv6 = [
    ...of(changes, "disable-ipv6").map(({ name }) => name),
    ...(ipv6 ? added.filter((device) => !hasIpv6(device)).map(({ name }) => name) : []),
  ];
  const onHostLink = [
    ...of(changes, "enable-ipv6").map(({ name }) => name),
    ...added.filter(hasIpv6).map(({ name }) => name),
  ];
  return withoutEmpty([
    ...managerPhases(changes),
    {
      title: "Remove unplanned items",
      actions: ipBatch([
        ...of(changes, "remove-route").map(({ route }) => removeRouteLine(route)),
        ...of(changes, "remove-address").map(({ device, address }) => `addr del ${address} dev ${device}`),
        ...of(changes, "remove-device").map(({ name }) => `link del dev ${name}`),
        ...of(changes, "replace-device").map(({ device }) => `link del dev ${device.name}`),
      ]),
    },
    { title: "Create devices and firewall rules", actions: createActions(changes, nics) },
    { title: "Disable IPv6 on the links", actions: writeToAll(withIpv6.map(disableIpv6Path), "1") },
    // A switch's router advertisement must not configure the host. The plan's addresses are unique: duplicate address
    // detection would delay the first packet.
    {
      title: "Set IPv6 of the host's link",
      actions: writeToAll([...onHostLink.map(acceptRaPath), ...onHostLink.map(acceptDadPath)], "0"),
    },
    { title: "Enable IPv6 on the host's link", actions: writeToAll(onHostLink.map(disableIpv6Path), "0") },
    {
      title: "Lead links to other hosts",
      actions: tcBatch(
        of(changes, "set-redirect").flatMap(({ redirect, replace }) => redirectLines(redirect, replace)),
      ),
    },
    {
      title: "Bring devices up, set addresses and route",
      actions: ipBatch([
        ...nics.flatMap(({ name, bridge }) => [
          `link set dev ${name} master ${bridge}`,
          noLearningLine(name),
        ]),
        ...upLines(changes, stayDown),
        ...of(changes, "add-address").map(
          ({ address: { device, address } }) =>
            // Without nodad, the address could not be the route's source at once.
            `addr add ${address} dev ${device}${address.address.family === 6 ? " nodad" : ""}`,
        ),
        ...of(changes, "add-route").map(
          ({ route }) =>
            `route add ${route.prefix} via ${route.gateway} dev ${route.device} src ${route.source} proto ${ROUTE_PROTOCOL}`,
        ),
      ]),
    },
    {
      title: "Give the macvtap to the emulator's user",
      actions: added
        .filter((device) => device.kind === "macvtap")
        .map(({ name, owner }) => ({ kind: "run" as const, command: giveMacvtap(name, owner) })),
    },
    {
      title: "Clear injected faults",
      actions: tcBatch(repaired.flatMap(({ device, wrong }) => qdiscLines(device, wrong))),
    },
    {
      title: "Keep accepting router advertisements of others",
      actions: writeToAll(
        of(changes, "enable-ipv6-forwarding").flatMap(({ acceptRa }) => acceptRa.map(acceptRaPath)),
        ACCEPT_WHILE_FORWARDING,
      ),
    },
    { title: "Enable forwarding", actions: forwardingActions(fabric, changes) },
  ]);
}

function addedDevices(changes: readonly Change[]): readonly DesiredDevice[] {
  return of(changes, "add-device", "replace-device").map(({ device }) => device);
}

/** @param nics the host's own new interfaces, of whichever kind the kernel has. */
function createActions(changes: readonly Change[], nics: readonly DesiredPort[]): readonly Action[] {
  return [
    ...ipBatch([
      ...addedDevices(changes)
        .filter(({ kind }) => kind !== "nic")
        .flatMap(createLines),
      ...of(changes, "set-device").flatMap(({ device, wrong }) => repairLines(device, wrong)),
    ]),
    ...(nics.length > 0 ? [{ kind: "run-first" as const, alternatives: createNicAlternatives(nics) }] : []),
    ...firewallActions(
      of(changes, "remove-rule").map(({ rule }) => rule),
      of(changes, "add-rule").map(({ rule }) => rule),
    ),
  ];
}

/**
 * Returns lines that bring devices up: one line for a group of hundreds of devices or, if some have to stay down, one
 * for each of the others.
 */
function upLines(changes: readonly Change[], stayDown: readonly InterfaceName[]): readonly string[] {
  const devices = [
    ...of(changes, "add-device", "replace-device").map(({ device }) => device),
    ...of(changes, "set-device")
      .filter(({ wrong }) => wrong.some(({ name }) => name === "state"))
      .map(({ device }) => device),
  ];
  const groups = [...new Set(devices.map(({ group }) => group))].toSorted((a, b) => a - b);
  return stayDown.length === 0
    ? groups.map((group) => `link set group ${group} up`)
    : devices.map(({ name }) => `link set dev ${name} up`);
}

/** Returns the changes of some kinds. */
export function of<K extends Change["kind"]>(
  changes: readonly Change[],
  ...kinds: readonly K[]
): readonly Extract<Change, { kind: K }>[] {
  return changes.filter((change): change is Extract<Change, { kind: K }> =>
    (kinds as readonly string[]).includes(change.kind),
  );
}

/**
 * Returns phases that change network managers' files. Before a start, managers have to read them before they see the
 * devices.
 */
export function managerPhases(changes: readonly Change[]): readonly Phase[] {
  const written = of(changes, "write-manager-file").map(({ file }) => file);
  const removed = of(changes, "remove-manager-file").map(({ path }) => path);
  const reloads = [...written.map(({ path }) => path), ...removed].flatMap(
    (path) => reloadCommand(path) ?? [],
  );
  return [
    {
      title: "Exclude devices from network managers",
      actions: [
        ...written.map(({ path, content }) => ({ kind: "write-file" as const, path, content, mode: 0o644 })),
        ...removed.map((path) => ({ kind: "remove-file" as const, path })),
      ],
    },
    {
      title: "Reload network managers",
      actions: reloads.map((command) => ({ kind: "notify" as const, command })),
    },
  ];
}

export function removeRouteLine({ destination, gateway, devices, table, protocol }: ObservedRoute): string {
  const via = gateway === null ? "" : ` via ${gateway}`;
  const device = devices[0] === undefined ? "" : ` dev ${devices[0]}`;
  return `route del ${destination}${via}${device} table ${table} proto ${protocol}`;
}

/** Of accept_ra. With 1, the kernel ignores advertisements and deletes default routes learnt by them. */
const ACCEPT_WHILE_FORWARDING = "2";

/** Writes a value to all files in one process: separate writes would take several times as long. */
function writeToAll(paths: readonly string[], value: string): readonly Action[] {
  return paths.length === 0
    ? []
    : [{ kind: "run", command: { file: "tee", args: ["--", ...paths], input: `${value}\n` } }];
}

/**
 * Enables forwarding. A bridge created while forwarding is on has it on, unless the host's default for new devices is
 * off.
 */
function forwardingActions({ host, uplink }: Fabric, changes: readonly Change[]): readonly Action[] {
  const isNewBridge =
    leavesByHost(uplink) &&
    of(changes, "add-device", "replace-device").some(({ device }) => device.name === host.bridge);
  const paths = [
    ...(of(changes, "enable-forwarding").length > 0 ? [IP_FORWARD_PATH] : []),
    ...(isNewBridge || of(changes, "enable-bridge-forwarding").length > 0
      ? [forwardingPath(host.bridge)]
      : []),
    ...(of(changes, "enable-ipv6-forwarding").length > 0 ? [IPV6_FORWARD_PATH] : []),
  ];
  return paths.map((path) => ({ kind: "write-kernel-file", path, content: "1\n" }));
}
