import type { Argv } from "yargs";
import { UsageError } from "../../../errors.ts";
import type { Selection } from "../../../export/model/positions.ts";
import type { GlobalOptions } from "../../context.ts";

/** Options that every export has. */
export interface ExportOptions extends GlobalOptions {
  readonly output: string;
  readonly rack: readonly string[];
  readonly u: readonly string[];
}

export function withExportOptions(parser: Argv): Argv {
  return parser
    .option("output", {
      type: "string",
      default: "-",
      requiresArg: true,
      describe: "Directory for the files; - prints them (default: -)",
    })
    .option("rack", {
      type: "string",
      array: true,
      nargs: 1,
      default: [],
      describe: "Only this rack (repeatable; default: all)",
    })
    .option("u", {
      type: "string",
      array: true,
      nargs: 1,
      default: [],
      describe: "Only this position (repeatable; default: all)",
    });
}

/** @throws UsageError */
export function selectionOf({ rack, u, output }: ExportOptions): Selection {
  if (output === "") {
    throw new UsageError("invalid value of --output: empty");
  }
  return {
    racks: rack.map((word) => wholeNumber("--rack", word, 1, 9999)),
    positions: u.map((word) => wholeNumber("--u", word, 1, 9999)),
  };
}

/** @throws UsageError if the text is not a whole number in the range */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new UsageError(
      `invalid value of ${option}: "${text}" is not a whole number from ${least} to ${most}`,
    );
  }
  return value;
}

/** The size of a server. */
export interface SizeOptions {
  readonly memory: string;
  readonly vcpus: string;
}

export function withSizeOptions(parser: Argv): Argv {
  return parser
    .option("memory", {
      type: "string",
      default: "1024",
      requiresArg: true,
      describe: "Memory of a VM in MiB (default: 1024)",
    })
    .option("vcpus", {
      type: "string",
      default: "1",
      requiresArg: true,
      describe: "Processors of a VM (default: 1)",
    });
}

/** @throws UsageError */
export function sizeOf({ memory, vcpus }: SizeOptions): {
  readonly memoryMiB: number;
  readonly vcpus: number;
} {
  return {
    memoryMiB: wholeNumber("--memory", memory, 16, 1_048_576),
    vcpus: wholeNumber("--vcpus", vcpus, 1, 512),
  };
}
