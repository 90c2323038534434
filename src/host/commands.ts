import type { Fabric, InterfaceName } from "../fabric/types.ts";
import type { Change } from "./changes.ts";
import type { DesiredLink, DesiredPort } from "./desired.ts";
import { firewallActions } from "./firewall/commands.ts";
import {
  createLines,
  createNicAlternatives,
  linkGroup,
  noLearningLine,
  qdiscLines,
  repairLines,
} from "./link-commands.ts";
import { reloadCommand } from "./managers.ts";
import { type Action, ipBatch, type Phase, tcBatch, withoutEmpty } from "./model/actions.ts";
import { disableIpv6Path, forwardingPath, IP_FORWARD_PATH } from "./model/kernel-files.ts";
import type { ObservedRoute } from "./model/observed.ts";
import { LINK_GROUPS, ROUTE_PROTOCOL } from "./model/ownership.ts";

/**
 * What to do so that the changes come about. Phases are few and each program is started at most once in one of
 * them: with hundreds of devices, starting programs would be what takes the time.
 *
 * @param ipv6 whether the kernel has IPv6, which new devices then have on.
 * @param stayDown devices that are down and are not to be brought up on the way.
 */
export function changePhases(
  fabric: Fabric,
  changes: readonly Change[],
  ipv6: boolean,
  stayDown: readonly InterfaceName[] = [],
): readonly Phase[] {
  const added = addedLinks(changes);
  const nics = added.filter((link): link is DesiredPort => link.kind === "nic");
  const repaired = of(changes, "set-link");
  const withIpv6 = [
    ...of(changes, "disable-ipv6").map(({ name }) => name),
    ...(ipv6 ? added.map(({ name }) => name) : []),
  ];
  return withoutEmpty([
    ...managerPhases(changes),
    {
      title: "Remove unplanned items",
      actions: ipBatch([
        ...of(changes, "remove-route").map(({ route }) => removeRouteLine(route)),
        ...of(changes, "remove-address").map(({ link, address }) => `addr del ${address} dev ${link}`),
        ...of(changes, "remove-link").map(({ name }) => `link del dev ${name}`),
        ...of(changes, "replace-link").map(({ link }) => `link del dev ${link.name}`),
      ]),
    },
    { title: "Create devices and firewall rules", actions: createActions(changes, nics) },
    { title: "Disable IPv6 on the links", actions: disableIpv6(withIpv6) },
    {
      title: "Bring devices up, set addresses and route",
      actions: ipBatch([
        ...nics.flatMap(({ name, bridge }) => [
          `link set dev ${name} master ${bridge}`,
          noLearningLine(name),
        ]),
        ...upLines(changes, stayDown),
        ...of(changes, "add-address").map(
          ({ address: { link, address } }) => `addr add ${address} dev ${link}`,
        ),
        ...of(changes, "add-route").map(
          ({ route }) =>
            `route add ${route.prefix} via ${route.gateway} dev ${route.link} src ${route.source} proto ${ROUTE_PROTOCOL}`,
        ),
      ]),
    },
    {
      title: "Clear injected faults",
      actions: tcBatch(repaired.flatMap(({ link, wrong }) => qdiscLines(link, wrong))),
    },
    { title: "Enable forwarding", actions: forwardingActions(fabric, changes) },
  ]);
}

function addedLinks(changes: readonly Change[]): readonly DesiredLink[] {
  return of(changes, "add-link", "replace-link").map(({ link }) => link);
}

/** @param nics the host's own new interfaces, of whichever kind the kernel has. */
function createActions(changes: readonly Change[], nics: readonly DesiredPort[]): readonly Action[] {
  return [
    ...ipBatch([
      ...addedLinks(changes)
        .filter(({ kind }) => kind !== "nic")
        .flatMap(createLines),
      ...of(changes, "set-link").flatMap(({ link, wrong }) => repairLines(link, wrong)),
    ]),
    ...(nics.length > 0 ? [{ kind: "run-first" as const, alternatives: createNicAlternatives(nics) }] : []),
    ...firewallActions(
      of(changes, "remove-rule").map(({ rule }) => rule),
      of(changes, "add-rule").map(({ rule }) => rule),
    ),
  ];
}

/** All at once: one line for a group of hundreds of devices. Where some are to stay down, one for each of the others. */
function upLines(changes: readonly Change[], stayDown: readonly InterfaceName[]): readonly string[] {
  const links = [
    ...of(changes, "add-link", "replace-link").map(({ link }) => link),
    ...of(changes, "set-link")
      .filter(({ wrong }) => wrong.some(({ name }) => name === "state"))
      .map(({ link }) => link),
  ];
  const groups = LINK_GROUPS.filter((group) => links.some((link) => linkGroup(link) === group));
  return stayDown.length === 0
    ? groups.map((group) => `link set group ${group} up`)
    : links.map(({ name }) => `link set dev ${name} up`);
}

/** The changes of some kinds. */
export function of<K extends Change["kind"]>(
  changes: readonly Change[],
  ...kinds: readonly K[]
): readonly Extract<Change, { kind: K }>[] {
  return changes.filter((change): change is Extract<Change, { kind: K }> =>
    (kinds as readonly string[]).includes(change.kind),
  );
}

/** Managers have to know before they see the devices. */
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

/** One process writes all: as many small writes of our own would take several times as long. */
function disableIpv6(names: readonly string[]): readonly Action[] {
  return names.length === 0
    ? []
    : [{ kind: "run", command: { file: "tee", args: ["--", ...names.map(disableIpv6Path)], input: "1\n" } }];
}

/** A bridge made while forwarding is on has it on, unless the host's default for new devices says otherwise. */
function forwardingActions({ host }: Fabric, changes: readonly Change[]): readonly Action[] {
  const isNewBridge = of(changes, "add-link", "replace-link").some(({ link }) => link.name === host.bridge);
  const paths = [
    ...(of(changes, "enable-forwarding").length > 0 ? [IP_FORWARD_PATH] : []),
    ...(isNewBridge || of(changes, "enable-bridge-forwarding").length > 0
      ? [forwardingPath(host.bridge)]
      : []),
  ];
  return paths.map((path) => ({ kind: "write-kernel-file", path, content: "1\n" }));
}
