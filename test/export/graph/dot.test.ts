import { expect, it } from "vitest";
import { renderDot } from "../../../src/export/graph/dot.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom } from "../../fabric/config.ts";
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
    const match = /^ {2}([\w:]+) -- ([\w:]+) \[/.exec(line);
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
