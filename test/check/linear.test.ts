import { describe, expect, it, vi } from "vitest";
import { evaluate } from "../../src/check/evaluate/evaluate.ts";
import { checkPlan } from "../../src/check/expect/plan.ts";
import { CHECK_KINDS } from "../../src/check/model/kinds.ts";
import { nothingSeen } from "../../src/check/model/observation.ts";
import { jsonDocuments } from "../../src/check/parse/json-documents.ts";
import { parseAnswer } from "../../src/check/query/answer.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { TAPS } from "../../src/host/model/switch-ports.ts";
import { shippedConfig } from "../fabric/config.ts";

// `check` must parse this much text from one switch quickly, since it does not react to Ctrl-C meanwhile.
const SIZE = 1_000_000;
/** Limit on processor time, which does not depend on the load. Linear parsing takes a fraction of a second. */
const MOST_SECONDS = 10;

const PIECES: readonly (readonly [string, string, string])[] = [
  ["frr", "beginnings of documents", "{\n"],
  ["frr", "beginnings of lists", "[\n"],
  ["frr", "brackets around no document", "{x}\n"],
  ["frr", "nested beginnings of documents", '{"a":{"b":[\n'],
  ["frr", "empty lines", "\n"],
  ["frr", "lines of blanks", "  \n"],
  ["frr", "quotes", '"\n'],
  ["frr", "backslashes", '"\\\\\\\n'],
  ["frr", "lines of one long string", 'x"x\\"'],
  ["frr", "names of daemons", "zebra\n"],
  ["frr", "a name without end", "bgpd"],
  ["ip", "closed lists", "[]\n"],
  ["ip", "closing brackets", "]\n}\n"],
  ["lldp", "control characters", "{\x01\\\n"],
  ["lldp", "unterminated strings", '{"\n'],
  ["kea", "lists of interfaces without end", '"interfaces":['],
  ["kea", "lists of interfaces", '"interfaces":["a"]'],
  ["kea", "networks without end", '"subnet":"'],
  ["kea", "blanks behind a key", '"subnet"    '],
  ["sockets", "numbers", " 1111111111.1."],
  ["sockets", "blanks", "     "],
  ["leases", "commas", ",,,,,,"],
  ["leases", "lines", "192.168.110.20,52:54:00:00:00:77,,3600\n"],
  ["ping", "lines", "192.168.98.1 84\n"],
  ["ip", "sections", "\n=== section ip\n"],
  ["ip", "ends of sections", "\n=== exit 0\n"],
];

const fabric = planFabric(shippedConfig());

/** Parses the answer and evaluates it. */
function readAndEvaluate(text: string): void {
  const result = { observation: parseAnswer(text), unreachable: null, durationMs: 0 };
  const host = { observation: nothingSeen("the host is not queried"), unreachable: null, durationMs: 0 };
  evaluate(checkPlan(fabric), { kinds: new Set(CHECK_KINDS), nodes: new Set(["leaf1"]) }, [], {
    host,
    nodes: new Map([["leaf1", result]]),
    off: new Set(),
    hosts: [],
    switchPorts: TAPS,
  });
}

it.each(PIECES)("the section %s with nothing but %s is evaluated in linear time", (section, _what, piece) => {
  const text = piece.repeat(SIZE / piece.length);
  const before = process.cpuUsage();
  readAndEvaluate(`\n=== section ${section}\n${text}\n=== exit 0\n`);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(MOST_SECONDS);
});

it("an answer with many paths, sessions and neighbors is evaluated in linear time", () => {
  const many = Array.from({ length: 20_000 }, (_, index) => index);
  const routes = Object.fromEntries(
    many.map((index) => [`10.${index >> 8}.${index & 255}.0/24`, [{ peerId: "fe80::1", path: "65501" }]]),
  );
  const sessions = { ens4: { bgpState: "Established", bgpNeighborAddr: "fe80::1" } };
  const heard = many.map(() => ({ name: "ens4", chassis: [{ name: [{ value: "x" }] }] }));
  const before = process.cpuUsage();
  readAndEvaluate(
    [
      `=== section frr\nbgpd\n${JSON.stringify({ routes })}\n${JSON.stringify(sessions)}\n\n=== exit 0`,
      `=== section lldp\n${JSON.stringify({ lldp: [{ interface: heard }] })}\n\n=== exit 0\n`,
    ].join("\n"),
  );
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(MOST_SECONDS);
});

describe("the search for documents", () => {
  /** Returns the number of characters that are passed to JSON.parse. */
  function parsed(text: string): number {
    const parse = vi.spyOn(JSON, "parse");
    try {
      jsonDocuments(text);
      return parse.mock.calls.reduce((sum, [document]) => sum + document.length, 0);
    } finally {
      parse.mockRestore();
    }
  }

  it.each([
    ["brackets around no document", (size: number) => `${"{\n".repeat(size)}${"}\n".repeat(size)}`],
    [
      "brackets that fail at the last one",
      (size: number) => `${"[\n".repeat(size)}${"]\n".repeat(size - 1)}x]`,
    ],
    ["many lines that are no documents", (size: number) => "{x}\n".repeat(size)],
  ])("takes ten times the work for ten times the text: %s", (_what, textOf) => {
    const ratio = parsed(textOf(20_000)) / parsed(textOf(2_000));
    expect(ratio).toBeLessThan(11);
  });
});
