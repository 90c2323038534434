import { fieldsOf, isObject, type JsonObject, numberOf, objectsIn, textOf } from "../../untrusted-json.ts";
import type { BfdState, BgpPrefix, FrrObservation, SessionState } from "../model/observation.ts";
import { jsonDocuments } from "./json-documents.ts";

/**
 * Parses the names of the daemons that answer, and the answers to `show bgp neighbors PORT json`, `show bgp ipv4
 * unicast json` and the same of ipv6, `show bgp summary json` and `show bfd peers json`. The answers are identified by their shape, not
 * their order, because a daemon that does not run leaves gaps. The formats are those of FRR 8 and FRR 10.
 */
export function parseFrr(text: string): FrrObservation {
  const documents = jsonDocuments(text);
  return {
    daemons: parseDaemons(text),
    sessions: new Map(documents.flatMap(sessionsOf)),
    cutOff: [...new Set(documents.flatMap(cutOffIn))],
    prefixes: documents.flatMap(prefixesOf),
    bfd: new Map(documents.flatMap(objectsIn).flatMap(bfdOf)),
  };
}

/** Lines that consist of a name only. */
function parseDaemons(text: string): readonly string[] {
  return [...text.matchAll(/^(?:zebra|[a-z0-9]+d)$/gm)].map(([name]) => name);
}

/** Parses `{"ens4": {"bgpState": …}}`. */
function sessionsOf(document: unknown): readonly (readonly [string, SessionState])[] {
  return Object.entries(fieldsOf(document)).flatMap(([port, neighbor]) =>
    isObject(neighbor) && "bgpState" in neighbor ? [[port, sessionOf(neighbor)] as const] : [],
  );
}

const FAMILIES = { ipv4Unicast: "IPv4", ipv6Unicast: "IPv6" } as const;

/**
 * Parses `{"bgpState": …, "remoteAs": …, "bgpNeighborAddr": …, "neighborCapabilities": {"multiprotocolExtensions":
 * {"ipv4Unicast": {"advertisedAndReceived": true}}}, "addressFamilyInfo": {"ipv4Unicast": {"acceptedPrefixCounter": …,
 * "sentPrefixCounter": …}}}`.
 */
function sessionOf(neighbor: JsonObject): SessionState {
  const negotiated = fieldsOf(fieldsOf(neighbor.neighborCapabilities).multiprotocolExtensions);
  const counters = (family: keyof typeof FAMILIES) => fieldsOf(fieldsOf(neighbor.addressFamilyInfo)[family]);
  return {
    state: textOf(neighbor.bgpState, "unknown"),
    remoteAs: numberOf(neighbor.remoteAs, 0),
    // `none` until FRR knows the neighbor's address.
    address: textOf(neighbor.bgpNeighborAddr, "none"),
    families: Object.entries(FAMILIES).flatMap(([name, family]) =>
      fieldsOf(negotiated[name]).advertisedAndReceived === true ? [family] : [],
    ),
    accepted: numberOf(counters("ipv4Unicast").acceptedPrefixCounter, 0),
    sent: numberOf(counters("ipv4Unicast").sentPrefixCounter, 0),
    sent6: numberOf(counters("ipv6Unicast").sentPrefixCounter, 0),
  };
}

/**
 * Parses `{"ipv4Unicast": {"peers": {"ens6": {"state": "Idle (PfxCt)"}}}, …}`. `Idle (PfxCt)` is FRR's state for a
 * session that it tore down because of `maximum-prefix`.
 */
function cutOffIn(document: unknown): readonly string[] {
  return Object.keys(FAMILIES).flatMap((family) =>
    Object.entries(fieldsOf(fieldsOf(fieldsOf(document)[family]).peers)).flatMap(([name, peer]) =>
      textOf(fieldsOf(peer).state, "").includes("PfxCt") ? [name] : [],
    ),
  );
}

/** Parses `{"routes": {"192.168.98.4/32": [{"peerId": …, "path": "65501 65504"}]}}`. */
function prefixesOf(document: unknown): readonly BgpPrefix[] {
  return Object.entries(fieldsOf(fieldsOf(document).routes)).flatMap(([prefix, paths]) =>
    objectsIn(paths).map(({ peerId, path }) => ({
      prefix,
      from: textOf(peerId, ""),
      originAs: lastAs(textOf(path, "")),
    })),
  );
}

/** Returns the origin of an AS path such as `65501 65504`, whose first AS is the nearest. */
function lastAs(path: string): number | null {
  const last = path.trim().split(/\s+/).at(-1);
  return last === undefined || last === "" ? null : Number(last);
}

/** Parses `[{"interface": …, "status": …, "diagnostic": …}]`. */
function bfdOf(peer: JsonObject): readonly (readonly [string, BfdState])[] {
  const port = textOf(peer.interface, "");
  const state = { status: textOf(peer.status, "unknown"), diagnostic: textOf(peer.diagnostic, "ok") };
  return port === "" ? [] : [[port, state]];
}
