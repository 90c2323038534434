import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric } from "../../src/fabric/types.ts";
import { expectGolden } from "../golden.ts";
import { plain } from "../net/plain.ts";
import { configFrom, ROOMY } from "./config.ts";

describe("golden plans", () => {
  it.each([
    ["shipped", []],
    ["23u", ["NUM_U=23"]],
    ["4-racks-3-spines", [...ROOMY, "NUM_RACKS=4", "NUM_SPINES=3", "NUM_U=4", "VLAN_SUBNETS_NUM=1"]],
  ])("the plan %s equals the golden file", (name, lines) => {
    const fabric = planFabric(configFrom(...lines));
    const text = formatGolden(fabric);
    expect(JSON.parse(text)).toEqual(plain(fabric));
    expectGolden(`plans/${name}.json`, text);
  });

  // The whole plan has 4 MB, so the golden file has only its checksum, counts and last items.
  it("the plan of 64 racks, 48 U and 8 spines equals the golden file", () => {
    const fabric = planFabric(configFrom(...ROOMY, "NUM_RACKS=64", "NUM_U=48", "NUM_SPINES=8"));
    const last = fabric.nodes.at(-1);
    const summary = {
      sha256: createHash("sha256").update(JSON.stringify(fabric)).digest("hex"),
      nodes: fabric.nodes.length,
      ports: fabric.nodes.flatMap((node) => node.ports).length,
      bridges: fabric.links.length,
      interfaces: fabric.links.flatMap((link) => link.interfaces).length,
      sessions: fabric.sessions.length,
      lastNode: { ...last, ports: [last?.ports.at(0), last?.ports.at(-1)] },
      lastScope: fabric.nodes.findLast((node) => node.role === "leaf" && node.side === 1),
      lastServerLink: fabric.links.findLast((link) => link.kind === "server"),
      lastLink: fabric.links.at(-1),
    };
    const { lastScope, ...rest } = summary;
    const scope = lastScope?.role === "leaf" ? lastScope.dhcp : null;
    expectGolden(
      "plans/64-racks-48u-8-spines.json",
      `${JSON.stringify({ ...rest, lastScope: scope }, null, 1)}\n`,
    );
  });
});

/** Formats JSON with one line for every port, link and session, so that it is readable in `git diff`. */
function formatGolden(fabric: Fabric): string {
  return `${formatValue(plain(fabric), 0)}\n`;
}

function formatValue(value: unknown, depth: number): string {
  const isLeaf = depth > 1 && !hasPorts(value) && !isListOfObjects(value);
  if (typeof value !== "object" || value === null || isLeaf) {
    return JSON.stringify(value);
  }
  const indent = " ".repeat(depth + 1);
  const items = Array.isArray(value)
    ? value.map((item) => indent + formatValue(item, depth + 1))
    : Object.entries(value).map(
        ([key, item]) => `${indent}${JSON.stringify(key)}: ${formatValue(item, depth + 1)}`,
      );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return items.length === 0 ? open + close : `${open}\n${items.join(",\n")}\n${" ".repeat(depth)}${close}`;
}

function hasPorts(value: unknown): boolean {
  return typeof value === "object" && value !== null && "ports" in value;
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === "object";
}
