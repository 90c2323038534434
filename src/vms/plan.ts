import { UsageError } from "../errors.ts";
import { freeServerAddresses } from "../fabric/server-address.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Prefix } from "../net/prefix.ts";
import type { Position } from "./choose-positions.ts";
import type { Profile } from "./profile.ts";
import type { VmRecord } from "./record.ts";

/** Private AS numbers of 32 bits (RFC 6996), from which rack and position can be read: 4210001003 is rack 1 U3. */
const FIRST_ASN = 4_210_000_000;

/**
 * Plans new VMs: a name, a position, and with BGP an AS and an address for each.
 * @param taken addresses of other VMs.
 * @throws UsageError if addresses run out.
 */
export function planVms(
  fabric: Fabric,
  {
    names,
    positions,
    profile,
    taken,
  }: {
    readonly names: readonly string[];
    readonly positions: readonly Position[];
    readonly profile: Profile;
    readonly taken: readonly string[];
  },
): readonly VmRecord[] {
  const addresses = profile.bootServer
    ? (rack: number, position: number) => bootServerAddress(fabric, { rack, position }, taken)
    : addressesFor(fabric, taken);
  return positions.map(({ rack, position }, index): VmRecord => {
    const announced =
      profile.image === "switch" && profile.routing === "bgp"
        ? { address: addresses(rack, position), asn: FIRST_ASN + rack * 1000 + position }
        : null;
    const name = names[index] ?? "";
    return { version: 1, name, rack, position, profile, announced, wanted: false, boot: null, cd: null };
  });
}

/** Returns the address that DHCP tells clients. @throws UsageError if the server at this position can't have it. */
function bootServerAddress(
  { nodes, serverAccess }: Fabric,
  place: Position,
  taken: readonly string[],
): string {
  const [address] = nodes.flatMap((node) => (node.role === "leaf" ? (node.dhcp?.nextServer ?? []) : []));
  if (address === undefined) {
    throw new UsageError("no switch of this fabric serves DHCP");
  }
  const { allowedPrefixes, deniedPrefixes, pinned } = serverAccess;
  const within = (prefixes: readonly Prefix[]) => prefixes.some((prefix) => prefix.contains(address));
  const what = `${address}, which DHCP tells clients (DHCP_RELAY_DESTINATION)`;
  const owner = pinned.find(({ prefix }) => prefix.contains(address));
  if (owner !== undefined && (owner.rack !== place.rack || owner.position !== place.position)) {
    throw new UsageError(
      `SERVER_ADDRESSES gives ${what}, to another position; add --rack ${owner.rack} --u ${owner.position}`,
    );
  }
  if (owner === undefined && (!within(allowedPrefixes) || within(deniedPrefixes))) {
    throw new UsageError(`no server may announce ${what}; see SERVER_PREFIXES`);
  }
  if (taken.includes(String(address))) {
    throw new UsageError(`another VM has ${what}`);
  }
  return String(address);
}

/** A position in SERVER_ADDRESSES has an address of its own. Others get one that any server may announce. */
function addressesFor(fabric: Fabric, taken: readonly string[]): (rack: number, position: number) => string {
  const { addressesOnly, allowedPrefixes, pinned } = fabric.serverAccess;
  const free = freeServerAddresses(fabric, [...addressesOnly, ...allowedPrefixes]);
  return (rack, position) => {
    const own = pinned.find((one) => one.rack === rack && one.position === position);
    if (own !== undefined) {
      const { prefix } = own;
      return String(prefix.first.equals(prefix.last) ? prefix.first : prefix.at(1));
    }
    // Not by for...of, which would end the generator with the first address.
    for (let next = free.next(); next.done !== true; next = free.next()) {
      if (!taken.includes(String(next.value))) {
        return String(next.value);
      }
    }
    throw new UsageError("no address is left that a server may announce; see SERVER_PREFIXES");
  };
}
