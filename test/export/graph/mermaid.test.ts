import { expect, it } from "vitest";
import { renderMermaid } from "../../../src/export/graph/mermaid.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom, ROOMY } from "../../fabric/config.ts";
import { expectGolden } from "../../golden.ts";

it("the shipped fabric's diagram equals the golden file", () => {
  expectGolden("graph/shipped.mmd", renderMermaid(planFabric(configFrom())));
});

it("every link has a box at each end, and only existing links are coloured", () => {
  const lines = renderMermaid(planFabric(configFrom("NUM_RACKS=5", "NUM_SPINES=3", "NUM_U=3"))).split("\n");
  const boxes = new Set(lines.flatMap((line) => /^ +(\w+)\["/.exec(line)?.[1] ?? []));
  const links = lines.flatMap((line) => {
    const match = /^ {2}(\w+) ---\|"[^"]+"\| (\w+)$/.exec(line);
    return match ? [[match[1] ?? "", match[2] ?? ""]] : [];
  });
  // Links of the host, spines and leaves, and two for each rack's servers.
  expect(links).toHaveLength(1 + 3 + 3 * 10 + 10);
  expect(links.flat().filter((end) => !boxes.has(end))).toEqual([]);
  const coloured = lines.flatMap((line) => /^ {2}linkStyle ([\d,]+) /.exec(line)?.[1]?.split(",") ?? []);
  expect(coloured).toHaveLength(3 + 3 * 10);
  expect(coloured.filter((index) => !links[Number(index)]?.some((end) => end.startsWith("spine")))).toEqual(
    [],
  );
  expect(lines.filter((line) => /^ +subgraph /.test(line))).toHaveLength(5);
  expect(lines.filter((line) => line.trim() === "end")).toHaveLength(5);
});

it("a comment warns of more links than Mermaid draws by default", () => {
  const large = planFabric(configFrom(...ROOMY, "NUM_RACKS=30", "NUM_SPINES=8", "NUM_U=3"));
  expect(renderMermaid(large)).toContain("%% 549 links. Mermaid draws 500");
  expect(renderMermaid(planFabric(configFrom()))).not.toContain("%%");
});

it("any text in names is escaped", () => {
  const fabric = planFabric(configFrom());
  const nodes = fabric.nodes.map((node) => (node.role === "internet" ? { ...node, name: `"]<b>&#` } : node));
  expect(renderMermaid({ ...fabric, nodes })).toContain('["#34;]#60;b#62;#38;#35;<br/>192.168.98.1<br/>');
});

it("64 collapsed racks are few enough links for Mermaid's defaults, and short enough", () => {
  const text = renderMermaid(planFabric(configFrom(...ROOMY, "NUM_RACKS=64", "NUM_SPINES=4")), "collapsed");
  const links = [...text.matchAll(/^ {2}(\w+) ---\|"[^"]+"\| (\w+)$/gm)].map(
    (match) => `${match[1]} ${match[2]}`,
  );
  expect(new Set(links).size).toBe(1 + 4 + 4 * 64);
  expect(text).not.toContain("%%");
  // maxTextSize.
  expect(text.length).toBeLessThan(50_000);
  expect(text).toContain('rack64["rack 64<br/>leaf127, leaf128<br/>U3 … U15"]');
});
