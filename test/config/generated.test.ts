import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BACKEND_NAMES } from "../../src/backends/index.ts";
import { renderReference } from "../../src/config/reference.ts";
import { renderTemplate } from "../../src/config/template.ts";

/** `npm run generate` runs these tests with `--update`, which writes the files. */
describe("files generated from the table of keys", () => {
  it.each([
    ["etc/ikvswitch.conf", () => renderTemplate({ BACKEND: BACKEND_NAMES })],
    ["docs/configuration.md", () => renderReference({ BACKEND: BACKEND_NAMES })],
  ])("%s is generated from the table of keys", async (name, render) => {
    const path = fileURLToPath(new URL(`../../${name}`, import.meta.url));
    // The comparison below would write a missing file instead of failing.
    expect(existsSync(path)).toBe(true);
    await expect(render()).toMatchFileSnapshot(path);
  });
});
