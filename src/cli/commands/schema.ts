import { command } from "../command.ts";
import { commandHost, type GlobalOptions } from "../context.ts";
import { print, printJson } from "../output.ts";

interface SchemaOptions extends GlobalOptions {
  readonly document: readonly string[];
}

export const schemaCommand = command<SchemaOptions>({
  command: "schema [document..]",
  describe: "List the JSON documents of --json, or print the JSON Schema of one",
  builder: (parser) =>
    parser
      .positional("document", {
        array: true,
        type: "string",
        describe: "Its name, which is also its key `document`: status, vm info, ...",
      })
      .example("$0 schema status", "print the schema of what 'status --json' prints"),
  run: async ({ document }) => {
    const { documentNames, documentSchema } = await import("../document-schema.ts");
    const host = await commandHost();
    if (document.length > 0) {
      printJson(await documentSchema(host, document.join(" ")));
    } else {
      print((await documentNames(host)).join("\n"));
    }
  },
});
