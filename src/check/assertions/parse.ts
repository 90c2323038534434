import type { ConfigProblem } from "../../errors.ts";
import { parseAddress, parsePrefix } from "../../fabric/address.ts";
import type { Fabric } from "../../fabric/types.ts";
import { type Assertion, HOST, type RouteVia } from "./types.ts";

export interface ParsedAssertions {
  readonly assertions: readonly Assertion[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * A file of assertions: one to a line, words with spaces between them, `#` begins a comment.
 *
 *     reach leaf1 10.0.0.1            not-reach leaf1 10.0.0.2
 *     route spine1 10.0.0.0/24 via 2  no-route spine1 10.9.0.0/16
 *     lease 08:00:27:00:00:01 192.168.110.20
 *
 * Every problem is reported, with its line and word.
 */
export function parseAssertions(fabric: Fabric, file: string, text: string): ParsedAssertions {
  const assertions: Assertion[] = [];
  const problems: ConfigProblem[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const words = line.replace(/#.*/, "").trim().split(/\s+/);
    const [name = "", ...rest] = words;
    if (name !== "") {
      const parsed = parseLine(fabric, name, rest);
      if (typeof parsed === "string") {
        problems.push({ file, line: index + 1, message: parsed });
      } else {
        assertions.push({ ...parsed, text: words.join(" ") });
      }
    }
  }
  return { assertions, problems };
}

type DistributiveOmit<T> = T extends unknown ? Omit<T, "text"> : never;
type Wanted = DistributiveOmit<Assertion>;

/** The assertion, or what is wrong with the line. */
type Parsed = Wanted | string;

function parseLine(fabric: Fabric, name: string, words: readonly string[]): Parsed {
  switch (name) {
    case "reach":
    case "not-reach":
      return parseReach(fabric, name === "reach", words);
    case "route":
    case "no-route":
      return parseRoute(fabric, name === "route", words);
    case "lease":
      return parseLease(words);
    default:
      return `"${name}" is not an assertion; there are reach, not-reach, route, no-route and lease`;
  }
}

function parseReach(fabric: Fabric, wanted: boolean, words: readonly string[]): Parsed {
  const [from, to, ...others] = words;
  if (from === undefined || to === undefined) {
    return "say from which switch, and to which address";
  }
  const address = fabric.nodes.find(({ name }) => name === to)?.loopback ?? to;
  return (
    unknownNode(fabric, from) ??
    (isAddress(address) ? undefined : `"${to}" is neither an address nor a switch's name`) ??
    superfluous(others) ?? { kind: "reach", from, address, wanted }
  );
}

function parseRoute(fabric: Fabric, wanted: boolean, words: readonly string[]): Parsed {
  const [from, destination, ...others] = words;
  if (from === undefined || destination === undefined) {
    return "say in which switch, and to which network";
  }
  const prefix = canonicalPrefix(destination);
  const problem = unknownNode(fabric, from);
  if (problem !== undefined || prefix === undefined) {
    return problem ?? `"${destination}" is not a network, such as 10.0.0.0/24 or 2001:db8::/32`;
  }
  const [word, via, ...rest] = others;
  if (word === undefined) {
    return { kind: "route", from, prefix, via: null, wanted };
  }
  if (!wanted || word !== "via") {
    return superfluous(others) ?? "";
  }
  const hops = parseVia(via ?? "");
  return typeof hops === "string"
    ? hops
    : (superfluous(rest) ?? { kind: "route", from, prefix, via: hops, wanted });
}

function parseVia(text: string): NonNullable<RouteVia> | string {
  if (/^[1-9]\d{0,3}$/.test(text)) {
    return { count: Number(text) };
  }
  const ports = text.split(",");
  return ports.every((port) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(port))
    ? { ports }
    : `"${text}" is neither a number of next hops nor a list of ports, such as ens4,ens5`;
}

function parseLease(words: readonly string[]): Parsed {
  const [mac = "", address, ...others] = words;
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
    return `"${mac}" is not a MAC address, such as 08:00:27:00:00:01`;
  }
  if (address !== undefined && parseAddress(address) === null) {
    return `"${address}" is not an IPv4 address`;
  }
  return superfluous(others) ?? { kind: "lease", mac: mac.toLowerCase(), address: address ?? null };
}

function unknownNode(fabric: Fabric, name: string): string | undefined {
  const names = [HOST, ...fabric.nodes.map((node) => node.name)];
  return names.includes(name) ? undefined : `there is no switch "${name}"; there are ${names.join(", ")}`;
}

function superfluous([word]: readonly string[]): string | undefined {
  return word === undefined ? undefined : `"${word}" is more than is understood here`;
}

function isAddress(text: string): boolean {
  return parseAddress(text) !== null || isIpv6(text);
}

/** As ip prints it, since that is what it is compared with. */
function canonicalPrefix(text: string): string | undefined {
  if (text === "default") {
    return "0.0.0.0/0";
  }
  if (parsePrefix(text) !== null) {
    return text;
  }
  const [address = "", length = ""] = text.split("/");
  const isPrefix = isIpv6(address) && /^\d{1,3}$/.test(length) && Number(length) <= 128;
  return isPrefix ? `${canonicalIpv6(address)}/${Number(length)}` : undefined;
}

function isIpv6(text: string): boolean {
  return text.includes(":") && !text.includes("%") && URL.canParse(`http://[${text}]/`);
}

/** A URL's host is written as RFC 5952 wants it. */
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
