import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const SOURCES = new URL("../src/", import.meta.url).pathname;

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
