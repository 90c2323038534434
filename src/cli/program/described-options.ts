import { describeOptions, type OptionDescription } from "../describe/describe.ts";
import { declareGlobalOptions } from "./global-options.ts";

/** The options of every command; the last two are yargs' own. */
export const GLOBAL_OPTIONS: readonly OptionDescription[] = [
  ...describeOptions(declareGlobalOptions),
  { flags: ["--version"], summary: "Show version number", takesValue: false, choices: [] },
  { flags: ["-h", "--help"], summary: "Show help", takesValue: false, choices: [] },
];
