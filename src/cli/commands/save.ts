import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { selectNodes } from "../find-node.ts";
import { print, printJson } from "../output.ts";

interface SaveOptions extends GlobalOptions {
  readonly node: string | undefined;
  readonly reset: boolean;
}

export const saveCommand = command<SaveOptions>({
  command: "save [node]",
  describe: "Keep the routing configuration that runs in switches for their next starts",
  builder: (parser) =>
    parser
      .positional("node", { type: "string", describe: "Only this switch [default: all]" })
      .option("reset", { type: "boolean", default: false, describe: "Forget what was saved" })
      .example("$0 save leaf3", "what was changed with vtysh on leaf3 survives its restart")
      .example("$0 save --reset", "every switch starts as rendered again"),
  run: async (options) => {
    const { host, loaded, fabric } = await loadContext(options);
    const { forgetSaved, saveNode } = await import("../../switches/save.ts");
    const { runningMachines } = await import("../../switches/running.ts");
    const stateDir = loaded.config.STATE_DIR;
    const machines = await runningMachines(host, loaded.config.RUN_DIR, loaded.config.BACKEND);
    const nodes = selectNodes(fabric, options.node === undefined ? [] : [options.node]);
    const saved = await Promise.all(
      nodes.map(async ({ name }) => {
        if (options.reset) {
          await forgetSaved(host, stateDir, name);
          return { node: name, file: null };
        }
        return { node: name, file: await saveNode(host, machines, stateDir, name) };
      }),
    );
    if (options.json) {
      printJson(saved);
    } else {
      print(
        saved.map(({ node, file }) => `${node}: ${file ?? "as rendered from its next start on"}`).join("\n"),
      );
    }
  },
});
