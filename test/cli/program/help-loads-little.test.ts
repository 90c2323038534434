import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

it("--help loads neither the configuration nor the planner nor the packages that these need", () => {
  const loaded = loadedBy("src/cli/program/main.ts");
  expect(loaded.has("src/cli/context.ts")).toBe(true);
  expect(
    [...loaded].filter((name) => /^(src\/(config\/(load|keys)|fabric|net)\b|execa|ip-address)/.test(name)),
  ).toEqual([]);
});

/** Returns the files and packages that a file imports when it is loaded, directly or indirectly. */
function loadedBy(file: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (!loaded.has(file)) {
    loaded.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith(".")) {
        loadedBy(join(dirname(file), name), loaded);
      } else {
        loaded.add(name);
      }
    }
  }
  return loaded;
}

/** Returns a file's static imports, except those of types. Dynamic imports in functions are not included. */
function importsOf(file: string): readonly string[] {
  return [...readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type )([^;]*?) from "([^"]+)";/gms)]
    .filter(([, names = ""]) => !/^\{(\s*type \w+,?)+\s*\}$/.test(names))
    .flatMap(([, , name = ""]) => [name]);
}
