import type { Argv } from "yargs";
import { addedText } from "../format/added-text.ts";
import { endByInterrupt, type GlobalOptions, interrupted } from "./context.ts";
import type { NamedDocument } from "./documents.ts";
import { passOn } from "./output.ts";
import { printDocument, printDocumentLine } from "./print-document.ts";

/** Options of commands that show a log. */
export interface LogOptions extends GlobalOptions {
  /** Show the log of QEMU instead. */
  readonly qemu: boolean;
  readonly follow: boolean;
}

const POLL_MS = 300;

export function withLogOptions(parser: Argv): Argv {
  return parser
    .option("qemu", { type: "boolean", default: false, describe: "Print the log of QEMU instead" })
    .option("follow", {
      alias: "f",
      type: "boolean",
      default: false,
      describe: "Print what is added until Ctrl-C, over restarts too",
    });
}

/**
 * Prints a log, and with `--follow` what is added until Ctrl-C, as one JSON document or one in each line.
 * @param first what `read` has just returned.
 */
export async function showLog(
  { follow, json }: LogOptions,
  document: (log: string) => NamedDocument,
  first: string,
  read: () => Promise<string>,
): Promise<void> {
  let text = first;
  if (!follow) {
    json ? printDocument(...document(text)) : await passOn(text.endsWith("\n") ? text : `${text}\n`);
    return;
  }
  const { pause } = await import("../system/pause.ts");
  const show = async (added: string) => {
    if (added !== "") {
      json ? printDocumentLine(...document(added)) : await passOn(added);
    }
  };
  endByInterrupt();
  await show(text);
  while (!interrupted.aborted) {
    await pause(POLL_MS, interrupted);
    const later = interrupted.aborted ? text : await read();
    await show(addedText(text, later));
    text = later;
  }
}
