import type { NamedDocument } from "./documents.ts";
import { print, printJson } from "./output.ts";

/** Prints the JSON document of a command. */
export function printDocument(...document: NamedDocument): void {
  printJson(describeDocument(...document));
}

/** Prints it as one line, for commands that print one document after another. */
export function printDocumentLine(...document: NamedDocument): void {
  print(JSON.stringify(describeDocument(...document)));
}

/**
 * Returns a document with its name, and the version of its form: that changes when a key is renamed, removed or gets
 * another meaning; new keys don't change it.
 */
export function describeDocument(...[name, body]: NamedDocument): {
  readonly document: string;
  readonly version: number;
} {
  // A document that is also a file, such as the plan, has a version of its own.
  return { document: name, version: 1, ...body };
}
