import type { ConfigProblem } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import { Address } from "../../net/address.ts";
import { Mac } from "../../net/mac.ts";
import { Prefix } from "../../net/prefix.ts";
import { type Assertion, HOST, type RouteVia } from "./types.ts";

export interface ParsedAssertions {
  readonly assertions: readonly Assertion[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Parses a file of assertions: one per line, its words separated by spaces; `#` begins a comment.
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

/** The assertion, or a description of the problem with the line. */
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
      return `"${name}" is not an assertion (choose from reach, not-reach, route, no-route, lease)`;
  }
}

function parseReach(fabric: Fabric, wanted: boolean, words: readonly string[]): Parsed {
  const [from, to, ...others] = words;
  if (from === undefined || to === undefined) {
    return "missing argument: source switch, or destination";
  }
  const address = fabric.nodes.find(({ name }) => name === to)?.loopback ?? Address.parse(to);
  const problem = unknownNode(fabric, from);
  if (problem !== undefined || address === null) {
    return problem ?? `"${to}" is neither an address nor a switch's name`;
  }
  return superfluous(others) ?? { kind: "reach", from, address, wanted };
}

function parseRoute(fabric: Fabric, wanted: boolean, words: readonly string[]): Parsed {
  const [from, destination, ...others] = words;
  if (from === undefined || destination === undefined) {
    return "missing argument: switch, or network";
  }
  const prefix = Prefix.parse(destination === "default" ? "0.0.0.0/0" : destination);
  const problem = unknownNode(fabric, from);
  if (problem !== undefined || prefix === null) {
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
  const [macText = "", addressText, ...others] = words;
  const mac = Mac.parse(macText);
  if (mac === null) {
    return `"${macText}" is not a MAC address, such as 08:00:27:00:00:01`;
  }
  const address = addressText === undefined ? null : Address.parse(addressText);
  if (addressText !== undefined && address?.family !== 4) {
    return `"${addressText}" is not an IPv4 address`;
  }
  return superfluous(others) ?? { kind: "lease", mac, address };
}

function unknownNode(fabric: Fabric, name: string): string | undefined {
  const names = [HOST, ...fabric.nodes.map((node) => node.name)];
  return names.includes(name) ? undefined : `unknown switch: ${name} (choose from ${names.join(", ")})`;
}

function superfluous([word]: readonly string[]): string | undefined {
  return word === undefined ? undefined : `unexpected argument: ${word}`;
}
