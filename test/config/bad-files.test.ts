import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { ConfigError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";

const folder = fileURLToPath(new URL("../fixtures/conf/bad/", import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".conf"))
  .map((name) => name.replace(/\.conf$/, ""));

/** NAME.errors holds the error message for NAME.conf. */
describe("a bad configuration file", () => {
  it.each(names)("%s is refused with all of its problems", async (name) => {
    const text = readFileSync(`${folder}${name}.conf`, "utf8");
    expect(existsSync(`${folder}${name}.errors`)).toBe(true);
    await expect(`${refusal(text, `${name}.conf`)}\n`).toMatchFileSnapshot(`${folder}${name}.errors`);
  });
});

function refusal(text: string, file: string): string {
  try {
    readConfig(text, file, { plan: planFabric });
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.message;
    }
    throw error;
  }
  throw new Error(`${file} was read`);
}
