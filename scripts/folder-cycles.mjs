#!/usr/bin/env node
// folder-cycles.mjs [ROOT]: find an import cycle between the folders of ROOT (default: src), print its imports and
// fail. A folder and its subfolders are separate nodes: `host` may import `host/firewall`, or the other way round, but
// not both. Biome's noImportCycles does the same for files. Started by npm run lint.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const [, , root = "src"] = process.argv;
const imports = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file))
  .flatMap((file) => importsOf(root, file));
const cycle = findCycle(graphOf(imports));
if (cycle !== undefined) {
  console.error(`Import cycle between folders: ${[...cycle, cycle[0]].join(" -> ")}`);
  for (const [index, folder] of cycle.entries()) {
    const next = cycle[(index + 1) % cycle.length];
    const { from, to } = imports.find((each) => folderOf(each.from) === folder && folderOf(each.to) === next);
    console.error(`  ${join(root, from)} imports ${join(root, to)}`);
  }
  process.exitCode = 1;
}

/** Returns a file's relative imports, types included. Paths are relative to the root. */
function importsOf(root, file) {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
    .map(([, path]) => ({ from: file, to: relative(root, join(root, dirname(file), path)) }))
    .filter(({ to }) => !to.startsWith(".."));
}

function folderOf(file) {
  return dirname(file);
}

/** Maps each folder to the other folders that it imports. */
function graphOf(imports) {
  const graph = new Map();
  for (const [from, to] of imports.map(({ from, to }) => [folderOf(from), folderOf(to)])) {
    if (from !== to) {
      graph.set(from, (graph.get(from) ?? new Set()).add(to));
    }
  }
  return graph;
}

/** Returns the folders of the shortest cycle; undefined if there is none. */
function findCycle(graph) {
  return [...graph.keys()]
    .map((start) => shortestWayBack(graph, start))
    .filter((cycle) => cycle !== undefined)
    .sort((a, b) => a.length - b.length)[0];
}

function shortestWayBack(graph, start) {
  const seen = new Set();
  let ways = [[start]];
  while (ways.length > 0) {
    const longer = ways.flatMap((way) => [...(graph.get(way.at(-1)) ?? [])].map((next) => [...way, next]));
    const closed = longer.find((way) => way.at(-1) === start);
    if (closed !== undefined) {
      return closed.slice(0, -1);
    }
    ways = longer.filter((way) => !seen.has(way.at(-1)) && seen.add(way.at(-1)));
  }
  return undefined;
}
