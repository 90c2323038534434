import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { renderTemplate } from "../../src/config/template.ts";
import { ConfigError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { mutate, seededRandom } from "./mutate.ts";

const MUTATIONS_EACH = 5_200;

const debian = readFileSync(new URL("../fixtures/conf/debian.conf", import.meta.url), "utf8");

/** Reads a damaged file. Anything but a configuration and a ConfigError comes out as an exception. */
function outcome(text: string): "read" | "refused" {
  try {
    readConfig(text, "damaged.conf", { alsoCheck: planFabric });
    return "read";
  } catch (error) {
    if (error instanceof ConfigError) {
      expect(error.problems.length).toBeGreaterThan(0);
      expect(error.message).not.toMatch(/undefined|NaN|\[object|[^\P{Cc}\n]/u);
      return "refused";
    }
    throw error;
  }
}

describe("damaged configuration files", () => {
  it.each([
    ["the shipped file", renderTemplate(), 1],
    ["the Debian package's file", debian, 2],
  ])(
    "%s, damaged in thousands of ways, is read or refused with a ConfigError",
    (_name, text, seed) => {
      const random = seededRandom(seed);
      const seen = { read: 0, refused: 0 };
      for (let count = 0; count < MUTATIONS_EACH; count += 1) {
        const damaged = mutate(text, random);
        try {
          seen[outcome(damaged)] += 1;
        } catch (error) {
          throw new Error(`mutation ${count} of seed ${seed}:\n${damaged}`, { cause: error });
        }
      }
      // Damage that is always harmless, or never, would show that the damage is of the wrong kind.
      expect(seen.read).toBeGreaterThan(MUTATIONS_EACH / 20);
      expect(seen.refused).toBeGreaterThan(MUTATIONS_EACH / 5);
    },
    120_000,
  );
});
