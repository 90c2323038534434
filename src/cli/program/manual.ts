import product from "../../../package.json" with { type: "json" };
import { BACKEND_NAMES } from "../../backends/index.ts";
import { type ManualPage, manualPages } from "../manual/pages.ts";
import { programs } from "./commands.ts";
import { GLOBAL_OPTIONS } from "./described-options.ts";

/**
 * Returns the pages of the manual of all programs.
 * @param date `2026-11-30`
 */
export function manualOfPrograms(date: string): readonly ManualPage[] {
  return manualPages({
    programs,
    globalOptions: GLOBAL_OPTIONS,
    choices: { BACKEND: BACKEND_NAMES },
    version: product.version,
    date,
  });
}
