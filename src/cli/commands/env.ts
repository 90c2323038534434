import { quoteForShell } from "../../system/quote-for-shell.ts";
import { command } from "../command.ts";
import { loadContext } from "../context.ts";
import { print } from "../output.ts";
import { placeOf } from "../place.ts";
import { printDocument } from "../print-document.ts";

export const envCommand = command({
  command: "env",
  describe: "Print the fabric's facts as environment variables for scripts",
  builder: (parser) =>
    parser.example(
      'eval "$($0 env)"',
      "then: ping $IKVSWITCH_LOOPBACK_leaf1, or for leaf in $IKVSWITCH_LEAVES",
    ),
  run: async (options) => {
    const context = await loadContext(options);
    const { host, loaded, settings, fabric, chosenFile } = context;
    const { currentBackend } = await import("../../backends/find.ts");
    const { fabricVariables } = await import("../../export/env/variables.ts");
    const variables = fabricVariables(fabric, {
      name: loaded.source.name,
      // Not with --name, which finds it.
      file: chosenFile,
      backend: (await currentBackend(host, placeOf(context))).name,
      stateDir: settings.stateDir,
      runDir: settings.runDir,
    });
    if (options.json) {
      printDocument("env", { variables });
    } else {
      const lines = Object.entries(variables).map(
        ([name, value]) => `export ${name}=${quoteForShell(value)}`,
      );
      print(lines.join("\n"));
    }
  },
});
