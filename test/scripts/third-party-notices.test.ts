import { builtinModules } from "node:module";
import { type OutputChunk, rolldown } from "rolldown";
import { beforeAll, expect, test } from "vitest";
import product from "../../package.json" with { type: "json" };
import programs from "../../rolldown.config.ts";

interface Bundle {
  readonly chunks: readonly OutputChunk[];
  readonly notices: string;
}

let bundles: readonly Bundle[] = [];

beforeAll(async () => {
  bundles = await Promise.all(
    [programs].flat().map(async (program) => {
      if (typeof program === "function") {
        throw new Error("the configuration is a list");
      }
      const bundle = await rolldown(program);
      // With a source map, which has the origin of each part. Nothing is written.
      const {
        file: _file,
        dir: _dir,
        cleanDir: _cleanDir,
        ...output
      } = [program.output ?? {}].flat()[0] ?? {};
      const { output: files } = await bundle.generate({ ...output, sourcemap: true });
      await bundle.close();
      const notices = files.find(({ fileName }) => fileName === "THIRD-PARTY-NOTICES");
      return {
        chunks: files.filter((file) => file.type === "chunk"),
        notices: notices?.type === "asset" ? String(notices.source) : "",
      };
    }),
  );
}, 60_000);

test("every package with code in a bundle is named in its notices, with its licence", () => {
  const all = new Set<string>();
  for (const { chunks, notices } of bundles) {
    const sources = chunks.flatMap(({ map }) => map?.sources ?? []);
    const packages = [
      ...new Set(sources.flatMap((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])),
    ];
    for (const name of packages) {
      all.add(name);
      expect(notices).toMatch(new RegExp(`^-+\n\n${name} [0-9.]+ \\(\\S+\\)\n\n(.+\n)+`, "m"));
    }
  }
  // Of the programs, and of the page.
  expect([...all]).toEqual(expect.arrayContaining(["execa", "preact"]));
});

test("code of other projects in a package is named with its own licence", () => {
  expect(bundles.map(({ notices }) => notices.includes("Vitaly Puzrin"))).toContain(true);
});

test("the installed program needs no npm packages", () => {
  expect(product).not.toHaveProperty("dependencies");
  const builtIn = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
  const needed = bundles.flatMap(({ chunks }) => {
    const own = new Set(chunks.map(({ fileName }) => fileName));
    return chunks
      .flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
      .filter((name) => !own.has(name));
  });
  expect(needed.filter((name) => !builtIn.has(name))).toEqual([]);
});
