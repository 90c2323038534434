import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/**
 * Compares a text with a file below test/fixtures. A missing file fails. Only `UPDATE_GOLDEN=1 npx vitest run
 * --project unit` writes the text to the file, for review in `git diff`.
 */
export function expectGolden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
}
