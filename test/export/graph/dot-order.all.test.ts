import { execa } from "execa";
import { expect, it } from "vitest";
import { renderDot } from "../../../src/export/graph/dot.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom, ROOMY } from "../../fabric/config.ts";

const roomy = configFrom(...ROOMY);

/** Sizes for which dot changed the order of racks while their links could still move them. */
const sizes: readonly [number, number][] = [
  ...[2, 3, 5, 8, 16, 40].map((racks): [number, number] => [racks, 2]),
  ...([
    [3, 3],
    [3, 8],
    [5, 3],
    [8, 3],
    [8, 9],
    [16, 4],
    [64, 8],
  ] as [number, number][]),
];

it.each(sizes)("Graphviz draws %i racks and %i spines in their order", async (NUM_RACKS, NUM_SPINES) => {
  const fabric = planFabric({ ...roomy, NUM_RACKS, NUM_SPINES, NUM_U: 3 });
  const whole = await places(renderDot(fabric));
  const leaves = fabric.racks.flatMap((rack) => rack.leaves);
  expect(sorted(leaves, (name) => whole.get(name)?.x)).toEqual(leaves);
  const spines = fabric.nodes.flatMap(({ name, role }) => (role === "spine" ? [name] : []));
  expect(new Set(spines.map((name) => whole.get(name)?.y)).size).toBe(1);
  const collapsed = await places(renderDot(fabric, "collapsed"));
  const racks = fabric.racks.map(({ number }) => `rack${number}`);
  // Graphviz counts heights from the bottom.
  expect(sorted(racks, (name) => -(collapsed.get(name)?.y ?? 0))).toEqual(racks);
});

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Returns where Graphviz places each node. */
async function places(text: string): Promise<ReadonlyMap<string, Place>> {
  const { stdout } = await execa("dot", ["-Tplain"], { input: text });
  return new Map(
    stdout.split("\n").flatMap((line): [string, Place][] => {
      const [kind, name = "", x, y] = line.split(" ");
      return kind === "node" ? [[name, { x: Number(x), y: Number(y) }]] : [];
    }),
  );
}

function sorted(names: readonly string[], key: (name: string) => number | undefined): string[] {
  return [...names].sort((a, b) => (key(a) ?? 0) - (key(b) ?? 0));
}
