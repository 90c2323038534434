import type { Argv } from "yargs";
import { DEFAULT_NAME } from "../config/fabric-name.ts";
import { FileError, UsageError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { type MarkedBlock, withBlock, withoutBlock } from "../system/marked-block.ts";
import type { Context, GlobalOptions } from "./context.ts";

/** Options of commands that print lines for a file of the user's, or install them there. */
export interface InstallOptions extends GlobalOptions {
  readonly install: boolean;
  readonly remove: boolean;
}

export function withInstall(parser: Argv, file: string): Argv {
  return parser
    .option("install", { type: "boolean", default: false, describe: `Install the lines in ${file}` })
    .option("remove", { type: "boolean", default: false, describe: `Remove the lines from ${file}` });
}

/** Returns what to do. @throws UsageError for two things at once. */
export function installAction({ install, remove }: InstallOptions): "print" | "install" | "remove" {
  if (install && remove) {
    throw new UsageError("--install and --remove exclude each other; give one of them");
  }
  return install ? "install" : remove ? "remove" : "print";
}

/** Returns what names this fabric's lines in a file. */
export function blockMark({ loaded }: Pick<Context, "loaded">): string {
  const { name } = loaded.source;
  return name === DEFAULT_NAME ? "ikvswitch" : `ikvswitch ${name}`;
}

/**
 * Puts the lines into the file, or removes them. All other bytes of the file stay.
 * @param lines null: remove them.
 * @param newMode of the file if there is none yet.
 * @returns true if the file was changed.
 * @throws FileError if lines of ours in the file are damaged.
 */
export async function changeLines(
  host: Host,
  path: string,
  {
    lines,
    newMode,
    ...block
  }: Omit<MarkedBlock, "lines"> & { readonly lines: string | null; readonly newMode: number },
): Promise<boolean> {
  const before = Buffer.from((await host.readBytes(path)) ?? new Uint8Array());
  // Each byte is a character, whatever the file's encoding.
  const text = before.toString("latin1");
  const after = Buffer.from(changed(path, text, lines === null ? block.mark : { ...block, lines }), "latin1");
  if (after.equals(before)) {
    return false;
  }
  await host.rewriteFile(path, after, newMode);
  return true;
}

function changed(path: string, text: string, block: MarkedBlock | string): string {
  try {
    return typeof block === "string" ? withoutBlock(text, block) : withBlock(text, block);
  } catch (error) {
    throw new FileError(path, error instanceof Error ? error.message : String(error), error);
  }
}
