import type { Config } from "../config/types.ts";
import { prefix24 } from "../config/value-types/addresses.ts";
import type { MissingRequirement } from "../errors.ts";
import { Prefix } from "../net/prefix.ts";
import { topologyLinks } from "./cabling.ts";
import { hostNames } from "./links.ts";
import { fabricSize } from "./size.ts";
import type { Fabric } from "./types.ts";

/** A fabric of this host, or one that shall come up there. */
export interface Tenant {
  /** As a message names it: `fabric lab`. */
  readonly title: string;
  readonly config: Config;
  readonly fabric: Fabric;
  /** True if its switches have VNC consoles, which listen on TCP ports of the host. */
  readonly hasVnc: boolean;
}

/**
 * Returns everything that a fabric would share with the others on the host although it must be its own. Each remedy has
 * the settings to write, with values that are free. MAC addresses and AS numbers may be equal: no link joins two
 * fabrics.
 */
export function findClashes(own: Tenant, others: readonly Tenant[]): readonly MissingRequirement[] {
  return [
    ...others.flatMap((other) => folderClashes(own, other)),
    ...nameClashes(own, others),
    ...networkClashes(own, others),
    ...network6Clashes(own, others),
    ...bmcClashes(own, others),
    ...vncClashes(own, others),
  ];
}

function folderClashes({ config, fabric }: Tenant, other: Tenant): readonly MissingRequirement[] {
  const keys = (["STATE_DIR", "RUN_DIR"] as const).filter((key) => share(config[key], other.config[key]));
  const fix = "give this fabric a name (--name), which has folders of its own, or set other ones";
  if (keys.length > 0) {
    const list = keys.map((key) => `${key}=${config[key]}`).join(" and ");
    return [{ what: `${list}: of ${other.title}, too`, why: "each fabric has its own files", fix }];
  }
  return fabric.host.mark.number === other.fabric.host.mark.number
    ? [
        {
          what: `RUN_DIR=${config.RUN_DIR} gives link group ${fabric.host.mark.linkGroup}, which ${other.title} has`,
          why: "the link group tells the devices of fabrics apart",
          fix: "set another RUN_DIR, or give this fabric another name (--name)",
        },
      ]
    : [];
}

/** Reports whether two folders are the same, or one is part of the other. Named fabrics are below the default one. */
function share(one: string, other: string): boolean {
  const isIn = (inner: string, outer: string) =>
    `${inner}/`.startsWith(`${outer}/`) && !inner.startsWith(`${outer}/fabrics/`);
  return isIn(one, other) || isIn(other, one);
}

/** Names of devices follow this key, unless the file sets one of their own. */
const PREFIX_KEY = "INTERFACE_PREFIX";

function nameClashes(own: Tenant, others: readonly Tenant[]): readonly MissingRequirement[] {
  return others.flatMap((other) => {
    const theirs = new Set(namesOf(other.config).map(({ name }) => name));
    const clashing = namesOf(own.config).filter(({ name }) => theirs.has(name));
    const keys = [...new Set(clashing.map(({ key }) => key as keyof Config))];
    return keys.length === 0
      ? []
      : [
          {
            what: `interface names of ${other.title}: ${keys.map((key) => `${key}=${own.config[key]}`).join(", ")}`,
            why: "a host has one device of each name",
            fix: `set ${otherNames(own, others, keys).join(", ")}; where the file sets one of these keys itself, change or remove it`,
          },
        ];
  });
}

/** Returns settings that give these keys other values. */
function otherNames(
  { config }: Tenant,
  others: readonly Tenant[],
  keys: readonly (keyof Config)[],
): readonly string[] {
  const prefix = freeInterfacePrefix(config, others);
  const follows = (key: keyof Config) => String(config[key]).startsWith(config[PREFIX_KEY]);
  return [
    ...(keys.some(follows) ? [`${PREFIX_KEY}=${prefix}`] : []),
    ...keys
      .filter((key) => !follows(key))
      .map((key) => `${key}=${key === "HOST_IPMI_BRIDGE_NAME" ? `${prefix}br` : "NAME"}`),
  ];
}

function namesOf(config: Config) {
  return hostNames(topologyLinks(config, fabricSize(config)));
}

function freeInterfacePrefix({ INTERFACE_PREFIX }: Config, others: readonly Tenant[]): string {
  const taken = [INTERFACE_PREFIX, ...others.map(({ config }) => config.INTERFACE_PREFIX)];
  const base = INTERFACE_PREFIX.replace(/\d+$/, "").slice(0, 2);
  const number = numbersFrom(2, 100).find((candidate) => !taken.includes(`${base}${candidate}`));
  return `${base}${number}`;
}

function networkClashes(own: Tenant, others: readonly Tenant[]): readonly MissingRequirement[] {
  const whole = own.fabric.prefix;
  const network = freeNetwork(own, others);
  const fix =
    network === null
      ? "set HOST_VIRTUAL_SUBNET_START_PREFIX and HOST_VIRTUAL_SUBNET_END_PREFIX to a free network"
      : `set HOST_VIRTUAL_SUBNET_START_PREFIX=${network.start}, HOST_VIRTUAL_SUBNET_END_PREFIX=${network.end}`;
  return others.flatMap((other) =>
    networksOf(other)
      .filter((theirs) => theirs.overlaps(whole))
      .slice(0, 1)
      .map((theirs) => ({
        what: `the whole network ${whole} overlaps ${theirs} of ${other.title}`,
        why: "the host has one route to each network, to the loopbacks in it, too",
        fix,
      })),
  );
}

function network6Clashes(own: Tenant, others: readonly Tenant[]): readonly MissingRequirement[] {
  const whole = own.fabric.networks6?.prefix;
  if (whole === undefined) {
    return [];
  }
  const taken = others.flatMap(({ fabric }) => fabric.networks6?.prefix ?? []);
  const siblings = Prefix.around(whole.first, whole.length - 8);
  const place = siblings.placeOf(whole);
  const free = numbersFrom(1, 255)
    .map((step) => siblings.subnet(whole.length, (place + step) % 256))
    .find((candidate) => taken.every((prefix) => !prefix.overlaps(candidate)));
  return others
    .filter(({ fabric }) => fabric.networks6?.prefix.overlaps(whole))
    .map(({ title, fabric }) => ({
      what: `the IPv6 network ${whole} overlaps ${fabric.networks6?.prefix} of ${title}`,
      why: "the host has one route to each network",
      fix: `set HOST_VIRTUAL_SUBNET6=${free ?? "another network"}`,
    }));
}

function bmcClashes(own: Tenant, others: readonly Tenant[]): readonly MissingRequirement[] {
  const { bmcPrefix } = own.fabric.host;
  return others.flatMap((other) =>
    networksOf(other)
      .filter((theirs) => theirs.overlaps(bmcPrefix))
      .slice(0, 1)
      .map((theirs) => ({
        what: `the BMC network ${bmcPrefix} overlaps ${theirs} of ${other.title}`,
        why: "each BMC has its own address on this host",
        fix: `set HOST_IPMI_IP=${freeBmcAddress(own, others)}`,
      })),
  );
}

function vncClashes(own: Tenant, others: readonly Tenant[]): readonly MissingRequirement[] {
  const rivals = others.filter(({ hasVnc }) => hasVnc && own.hasVnc);
  const mine = displaysOf(own);
  const next = Math.max(...rivals.map((rival) => displaysOf(rival).last)) + 1;
  return rivals
    .filter((rival) => displaysOf(rival).first <= mine.last && mine.first <= displaysOf(rival).last)
    .map(({ title }) => ({
      what: `VNC displays ${mine.first} to ${mine.last} (VNC_DISPLAY_START=${mine.first}) are in use by ${title}`,
      why: "each VNC console has its own TCP port on this host",
      fix: `set VNC_DISPLAY_START=${next}`,
    }));
}

function displaysOf({ fabric }: Tenant): { readonly first: number; readonly last: number } {
  const displays = fabric.nodes.map(({ machine }) => machine.vncDisplay);
  return { first: Math.min(...displays), last: Math.max(...displays) };
}

function networksOf({ fabric }: Tenant): readonly Prefix[] {
  return [fabric.prefix, fabric.host.bmcPrefix];
}

/** Returns a network for the whole fabric, near the present one; null if none is free. */
function freeNetwork(
  own: Tenant,
  others: readonly Tenant[],
): { readonly start: string; readonly end: number } | null {
  const { NETWORK_PREFIX_LENGTH: length, HOST_VIRTUAL_SUBNET_START_PREFIX: start } = own.config;
  const taken = [...others.flatMap(networksOf), own.fabric.host.bmcPrefix];
  const step = 2 ** (24 - length);
  // A network shorter than a /16 has other first octets.
  if (step > 256) {
    return null;
  }
  const first = own.config.HOST_VIRTUAL_SUBNET_END_PREFIX;
  const ends = numbersFrom(0, 256 / step).map((place) => (first + (place + 1) * step) % 256);
  const starts = [start, ...numbersFrom(64, 128).map((octet) => `10.${octet}`)];
  const candidates = starts.flatMap((octets) => ends.map((end) => ({ start: octets, end })));
  return (
    candidates.find(({ start: octets, end }) => {
      const network = Prefix.around(prefix24(`${octets}.${end}`).first, length);
      return taken.every((prefix) => !prefix.overlaps(network));
    }) ?? null
  );
}

function freeBmcAddress(own: Tenant, others: readonly Tenant[]): string {
  const taken = [...others.flatMap(networksOf), own.fabric.prefix];
  const moved = freeNetwork(own, others);
  if (moved !== null) {
    taken.push(
      Prefix.around(prefix24(`${moved.start}.${moved.end}`).first, own.config.NETWORK_PREFIX_LENGTH),
    );
  }
  const [one = "192", two = "168", three = "200"] = own.config.HOST_IPMI_IP.split(".");
  const candidates = numbersFrom(1, 256).map((place) => `${one}.${two}.${(Number(three) + place) % 256}`);
  const free = candidates.find((octets) => taken.every((prefix) => !prefix.overlaps(prefix24(octets))));
  return `${free ?? "ADDRESS"}${free === undefined ? "" : ".1"}`;
}

function numbersFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
