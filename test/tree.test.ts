import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, test } from "vitest";

const SOURCES = new URL("../src/", import.meta.url).pathname;
const TESTS = new URL("./", import.meta.url).pathname;

test("only backends compare backend names: other code queries a backend's features", () => {
  const asking = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.startsWith("backends/"))
    .filter((name) =>
      /([!=]==? *|case )"(qemu|netns)"|"(qemu|netns)" *[!=]==?/.test(
        readFileSync(`${SOURCES}${name}`, "utf8"),
      ),
    );
  expect(asking).toEqual([]);
});

/** Folders whose tests are not of a folder of src. */
const OTHER_TESTS = ["docs", "e2e", "guest", "integration", "kernel-lab", "package", "scripts", "soak"];

const sources = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
const unitTests = readdirSync(TESTS, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .filter((name) => !OTHER_TESTS.some((folder) => name.startsWith(`${folder}/`)));

test("each folder of unit tests is also a folder of src", () => {
  const folders = new Set([".", ...sources.map(dirname)]);
  expect(unitTests.filter((name) => !folders.has(dirname(name)))).toEqual([]);
});

test("a unit test with the name of a source file is in the same folder, not above it", () => {
  const misplaced = unitTests.filter((name) => {
    const namesakes = sources
      .filter((source) => basename(source) === basename(name).replace(".test.ts", ".ts"))
      .map(dirname)
      .filter((folder) => dirname(name) === "." || `${folder}/`.startsWith(`${dirname(name)}/`));
    return namesakes.length > 0 && !namesakes.includes(dirname(name));
  });
  expect(misplaced).toEqual([]);
});
