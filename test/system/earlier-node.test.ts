import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { addMethods } from "../../src/system/earlier-node.ts";

it("adds the methods that Node 18 lacks, and replaces none", () => {
  const own = () => "own";
  const prototype = { toReversed: own };
  addMethods(prototype);
  expect(prototype.toReversed).toBe(own);
  const added: { toSorted?: typeof Array.prototype.toSorted; toReversed?: unknown } = {};
  addMethods(added);
  const list = [10, 9, 1];
  expect(added.toSorted?.call(list, (a, b) => a - b)).toEqual([1, 9, 10]);
  expect(added.toSorted?.call(list)).toEqual([1, 10, 9]);
  expect((added.toReversed as () => unknown).call(list)).toEqual([1, 9, 10]);
  expect(list).toEqual([10, 9, 1]);
  expect(Object.keys(added)).toEqual([]);
});

it("every program imports it before all else", () => {
  for (const path of [
    "cli/program/main.ts",
    "cli/program/write-manual.ts",
    "bench/probe/main.ts",
    "lab/bmc-proxy.ts",
  ]) {
    const [first] =
      /^import .*$/m.exec(readFileSync(new URL(`../../src/${path}`, import.meta.url), "utf8")) ?? [];
    expect(first).toMatch(/^import "[./]+\/system\/earlier-node\.ts";$/);
  }
});

it("no source uses what is newer than Node 18 and not added", () => {
  const folder = new URL("../../src/", import.meta.url);
  const newer =
    /\.(toSpliced|with|isWellFormed|toWellFormed|union|intersection|difference|symmetricDifference)\(|\b(Object|Map)\.groupBy|Promise\.(withResolvers|try)|Array\.fromAsync|import\.meta\.(dirname|filename)|styleText|^\s*(await )?using /m;
  const using = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => newer.test(readFileSync(new URL(name, folder), "utf8")));
  expect(using).toEqual([]);
});
