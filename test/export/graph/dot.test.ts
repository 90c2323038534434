import { describe, expect, it } from "vitest";
import { renderDot } from "../../../src/export/graph/dot.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom, ROOMY } from "../../fabric/config.ts";
import { expectGolden } from "../../golden.ts";

it("the graph of a small fabric equals the golden file", () => {
  expectGolden("graph/small.dot", renderDot(planFabric(configFrom("NUM_RACKS=2", "NUM_U=4"))));
});

it("has an edge for every link with two ends, and every end is declared", () => {
  const fabric = planFabric(configFrom("NUM_SPINES=3", "NUM_RACKS=4"));
  const lines = renderDot(fabric).split("\n");
  const declared = new Set(lines.flatMap((line) => /^ +(\w+) \[/.exec(line)?.[1] ?? []));
  const cells = lines.flatMap((line) => {
    const table = /^ +(\w+) \[shape=plain/.exec(line)?.[1];
    return table ? [...line.matchAll(/<td port="(\w+)">/g)].map((match) => `${table}:${match[1]}`) : [];
  });
  const edges = lines.flatMap((line) => {
    const match = /^ {2}([\w:]+) -- ([\w:]+) \[tooltip=/.exec(line);
    return match ? [[match[1] ?? "", match[2] ?? ""]] : [];
  });
  expect(edges).toHaveLength(fabric.links.length - 1);
  const known = new Set([...declared, ...cells]);
  expect(edges.flat().filter((end) => !known.has(end.replace(/:[we]$/, "")))).toEqual([]);
  expect(new Set(edges.map((ends) => ends.join())).size).toBe(edges.length);
});

it("any text in names is escaped", () => {
  const fabric = { ...planFabric(configFrom()), domain: 'a"b\\c\nd' };
  expect(renderDot(fabric)).toContain('label="a\\"b\\\\c\\nd: 192.168.96.0/19"');
});

describe.each(["whole", "collapsed"] as const)("with %s racks", (detail) => {
  it("a row of edges keeps spines and racks in their order", () => {
    const lines = renderDot(planFabric(configFrom(...ROOMY, "NUM_RACKS=12")), detail).split("\n");
    const rows = lines.filter((line) => line.startsWith("  { rank=same; "));
    const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
    const name = detail === "whole" ? "above" : "rack";
    expect(rows.at(-1)).toBe(
      `  { rank=same; ${numbers.map((number) => `${name}${number}`).join(" -- ")} [style=invis] }`,
    );
  });
});

it("a collapsed rack is one node, with one edge to each spine that names the links of both leaves", () => {
  const fabric = planFabric(configFrom(...ROOMY, "NUM_RACKS=64", "NUM_SPINES=4"));
  const lines = renderDot(fabric, "collapsed").split("\n");
  expect(lines.filter((line) => /^ {2}rack\d+ \[shape=plain/.test(line))).toHaveLength(64);
  const edges = lines.filter((line) => /^ {2}spine\d -- rack\d+ \[tooltip=/.test(line));
  expect(edges).toHaveLength(64 * 4);
  const links = fabric.links.filter(({ kind }) => kind === "spine-leaf");
  expect(
    links.filter(({ bridge }) => edges.filter((edge) => edge.includes(` ${bridge.name} `)).length !== 1),
  ).toEqual([]);
});
