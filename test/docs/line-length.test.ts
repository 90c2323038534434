import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const MOST_CHARACTERS = 120;
const docs = new URL("../../docs/", import.meta.url);
const pages = [
  new URL("../../README.md", import.meta.url),
  ...readdirSync(docs)
    .filter((name) => name.endsWith(".md"))
    .map((name) => new URL(name, docs)),
];

/** Returns the lines of prose, without tables and code. */
function proseOf(page: string): readonly string[] {
  return page
    .replaceAll(/^```.*?^```/gms, "")
    .split("\n")
    .filter((line) => !/^(\||!\[| {4})/.test(line));
}

it.each(pages.map((page) => [page.pathname.split("/").at(-1), page] as const))(
  "wraps the lines of %s",
  (_, page) => {
    const tooLong = proseOf(readFileSync(page, "utf8")).filter((line) => line.length > MOST_CHARACTERS);
    expect(tooLong).toEqual([]);
  },
);
