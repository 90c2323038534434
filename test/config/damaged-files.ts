import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { renderTemplate } from "../../src/config/template.ts";
import { ConfigError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { mutate, seededRandom } from "./mutate.ts";

const debian = readFileSync(new URL("../fixtures/conf/debian.conf", import.meta.url), "utf8");

/**
 * Declares tests that damage each file that many times and read it.
 * @param seed is added to the seeds of the damage; other seeds try other damage
 */
export function describeDamagedFiles(mutations: number, seed: number): void {
  describe("damaged configuration files", () => {
    it.each([
      ["the shipped file", renderTemplate(), seed + 1],
      ["the Debian package's file", debian, seed + 2],
    ])(
      `%s, damaged in ${mutations} ways, is read or refused with a ConfigError`,
      (_name, text, ownSeed) => {
        const random = seededRandom(ownSeed);
        const seen = { read: 0, refused: 0 };
        for (let count = 0; count < mutations; count += 1) {
          const damaged = mutate(text, random);
          try {
            seen[outcome(damaged)] += 1;
          } catch (error) {
            throw new Error(`mutation ${count} of seed ${ownSeed}:\n${damaged}`, { cause: error });
          }
        }
        // If the damage is always or never harmless, the mutations are useless.
        expect(seen.read).toBeGreaterThan(mutations / 20);
        expect(seen.refused).toBeGreaterThan(mutations / 5);
      },
      600_000,
    );
  });
}

/** Reads a damaged file. @throws any error but ConfigError */
function outcome(text: string): "read" | "refused" {
  try {
    readConfig(text, "damaged.conf", { plan: planFabric });
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
