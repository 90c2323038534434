import { readFileSync } from "node:fs";
import { evaluate } from "../../src/check/evaluate/evaluate.ts";
import { checkPlan } from "../../src/check/expect/plan.ts";
import type { CheckItem } from "../../src/check/model/item.ts";
import { CHECK_KINDS } from "../../src/check/model/kinds.ts";
import type { Observation } from "../../src/check/model/observation.ts";
import { nothingSeen } from "../../src/check/model/observation.ts";
import { parseAnswer } from "../../src/check/query/answer.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { TAPS } from "../../src/host/model/switch-ports.ts";
import { configFrom } from "../fabric/config.ts";

/**
 * Recorded answers of switches. frr10-*: virtual machines with FRR 10.3, lldpd, Kea and the VLANs of a Debian 13
 * kernel. frr8-*: namespaces with FRR 8.4 on a kernel without VLANs. One rack of two positions, two layer 2 VLANs.
 */
export const tagged = planFabric(configFrom("NUM_RACKS=1", "NUM_U=4", "VLAN_SUBNETS_NUM=2"));

export function answer(name: string, change: (text: string) => string = (text) => text): string {
  const text = readFileSync(new URL(`../fixtures/check/${name}.txt`, import.meta.url), "utf8");
  return change(text);
}

/** Returns all items about this switch, except links, for this answer; nothing else is queried. */
export function items(
  node: string,
  text: string,
  fabric = tagged,
  off: ReadonlySet<string> = new Set(),
): readonly CheckItem[] {
  const kinds = CHECK_KINDS.filter((kind) => !["link", "host", "snat", "assert"].includes(kind));
  const result = (observation: Observation["observation"]): Observation => ({
    observation,
    unreachable: null,
    durationMs: 0,
  });
  return evaluate(checkPlan(fabric), { kinds: new Set(kinds), nodes: new Set([node]) }, [], {
    host: result(nothingSeen("the host is not queried")),
    nodes: new Map([[node, result(parseAnswer(text))]]),
    off,
    hosts: [],
    switchPorts: TAPS,
  }).filter((item) => item.node === node);
}

export function differences(node: string, text: string, fabric = tagged): readonly string[] {
  return items(node, text, fabric)
    .filter(({ ok }) => ok === false)
    .map((item) => `${item.kind} ${item.subject}: ${item.expected} / ${item.observed}`);
}

/** Replaces text in an answer. @throws Error if the text is not in it: the test would prove nothing. */
export function replace(from: string | RegExp, to: string): (text: string) => string {
  return (text) => {
    const changed = text.replace(from, to);
    if (changed === text) {
      throw new Error(`${from} is not in the answer`);
    }
    return changed;
  };
}
