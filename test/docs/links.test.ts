import { existsSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type Page, readPage, readPages } from "./pages.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = readPages();

it.each(pages.map((page) => [page.name, page] as const))(
  "the links of %s lead to pages and headings",
  (_, page) => {
    const dead = linksOf(page).filter(({ file, heading }) => {
      if (!existsSync(`${root}${file}`)) {
        return true;
      }
      return heading !== undefined && file.endsWith(".md") && !headingsOf(readPage(file)).includes(heading);
    });
    expect(dead).toEqual([]);
  },
);

it("every page can be reached from README.md", () => {
  const reached = new Set(["README.md"]);
  for (const name of reached) {
    for (const { file } of name.endsWith(".md") ? linksOf(readPage(name)) : []) {
      reached.add(file);
    }
  }
  expect(pages.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
});

/** Returns the links within the project. */
function linksOf({ name, text }: Page): { readonly file: string; readonly heading: string | undefined }[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? "")
    .filter((target) => !/^https?:/.test(target))
    .map((target) => {
      const [path = "", heading] = target.split("#");
      return { file: path === "" ? name : posix.join(posix.dirname(name), path), heading };
    });
}

/** Returns the names of a page's headings in links, as GitHub and the site (site/.vitepress/config.mjs) make them. */
function headingsOf({ text }: Page): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, "");
}
