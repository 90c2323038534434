import type { BfdState, BgpPrefix, FrrObservation, SessionState } from "../observation.ts";
import { jsonDocuments } from "./json-documents.ts";

/**
 * The names of daemons that answer, and answers to `show bgp neighbors PORT json`, `show bgp ipv4 unicast json` and `show bfd
 * peers json`. Told apart by their shape, not their order: a daemon that does not run leaves gaps.
 * As FRR 8 and FRR 10 write it.
 */
export function parseFrr(text: string): FrrObservation {
  const documents = jsonDocuments(text);
  return {
    daemons: parseDaemons(text),
    sessions: new Map(documents.filter(isNeighbors).flatMap(sessionsOf)),
    prefixes: documents.filter(isTable).flatMap(prefixesOf),
    bfd: new Map(documents.filter(isPeerList).flat().flatMap(bfdOf)),
  };
}

/** Lines of nothing but a name. */
function parseDaemons(text: string): readonly string[] {
  return [...text.matchAll(/^(?:zebra|[a-z0-9]+d)$/gm)].map(([name]) => name);
}

/** `{"ens4": {"bgpState": …}}` */
type NeighborsJson = Readonly<Record<string, NeighborJson>>;

interface NeighborJson {
  readonly bgpState: string;
  readonly remoteAs?: number;
  /** `none` before the neighbor was heard of. */
  readonly bgpNeighborAddr?: string;
  readonly neighborCapabilities?: {
    readonly multiprotocolExtensions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  readonly addressFamilyInfo?: Readonly<
    Record<string, { readonly acceptedPrefixCounter?: number; readonly sentPrefixCounter?: number }>
  >;
}

function isNeighbors(document: unknown): document is NeighborsJson {
  return (
    isObject(document) && Object.values(document).some((value) => isObject(value) && "bgpState" in value)
  );
}

function sessionsOf(document: NeighborsJson): readonly (readonly [string, SessionState])[] {
  return Object.entries(document)
    .filter(([, neighbor]) => isObject(neighbor) && "bgpState" in neighbor)
    .map(([port, neighbor]) => [port, sessionOf(neighbor)]);
}

const FAMILIES = { ipv4Unicast: "IPv4", ipv6Unicast: "IPv6" } as const;

function sessionOf(neighbor: NeighborJson): SessionState {
  const negotiated = neighbor.neighborCapabilities?.multiprotocolExtensions ?? {};
  const counters = neighbor.addressFamilyInfo?.ipv4Unicast;
  return {
    state: neighbor.bgpState,
    remoteAs: neighbor.remoteAs ?? 0,
    address: neighbor.bgpNeighborAddr ?? "none",
    families: Object.entries(FAMILIES).flatMap(([name, family]) =>
      negotiated[name]?.advertisedAndReceived === true ? [family] : [],
    ),
    accepted: counters?.acceptedPrefixCounter ?? 0,
    sent: counters?.sentPrefixCounter ?? 0,
  };
}

interface TableJson {
  readonly routes: Readonly<Record<string, readonly PathJson[]>>;
}

interface PathJson {
  readonly peerId?: string;
  readonly path?: string;
}

function isTable(document: unknown): document is TableJson {
  return isObject(document) && "routes" in document && isObject(document.routes);
}

function prefixesOf({ routes }: TableJson): readonly BgpPrefix[] {
  return Object.entries(routes).flatMap(([prefix, paths]) =>
    paths.map(({ peerId = "", path = "" }) => ({ prefix, from: peerId, originAs: lastAs(path) })),
  );
}

/** `65501 65504`: the nearest AS first. */
function lastAs(path: string): number | null {
  const last = path.trim().split(/\s+/).at(-1);
  return last === undefined || last === "" ? null : Number(last);
}

interface PeerJson {
  readonly interface?: string;
  readonly status?: string;
  readonly diagnostic?: string;
}

function isPeerList(document: unknown): document is readonly PeerJson[] {
  return Array.isArray(document);
}

function bfdOf(peer: PeerJson): readonly (readonly [string, BfdState])[] {
  return peer.interface === undefined
    ? []
    : [[peer.interface, { status: peer.status ?? "unknown", diagnostic: peer.diagnostic ?? "ok" }]];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
