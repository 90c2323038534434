import { productPath } from "../../system/product-path.ts";
import { command } from "../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../context.ts";
import { selectNodes } from "../find-node.ts";
import { lockFabric } from "../lock-network.ts";
import { print } from "../output.ts";
import { fabricMachines } from "../place.ts";
import { printDocument } from "../print-document.ts";

interface SaveOptions extends GlobalOptions {
  readonly node: string | undefined;
  readonly reset: boolean;
}

interface Saved {
  readonly node: string;
  /** Null after a reset. */
  readonly file: string | null;
}

export const saveCommand = command<SaveOptions>({
  command: "save [node]",
  describe: "Save the running FRR configuration of switches for their next starts",
  builder: (parser) =>
    parser
      .positional("node", { type: "string", describe: "Only this switch (default: all)" })
      .option("reset", { type: "boolean", default: false, describe: "Delete the saved configuration" })
      .example("$0 save leaf3", "keep changes made with vtysh on leaf3")
      .example("$0 save --reset", "return all switches to the rendered configuration"),
  run: async (options) => {
    const context = await loadContext(options);
    // `up` also writes the files that this changes.
    const saved = await lockFabric(context, "save", () =>
      options.reset ? forget(context, options) : save(context, options),
    );
    if (options.json) {
      printDocument("save", { saved });
    } else {
      print(
        saved
          .map(
            ({ node, file }) =>
              `${node}: ${file ?? "reset to the rendered configuration, from the next start"}`,
          )
          .join("\n"),
      );
    }
  },
});

async function save(context: Context, { node }: SaveOptions): Promise<readonly Saved[]> {
  const { saveNode } = await import("../../nodes/save.ts");
  const question = await questionOf(context);
  return Promise.all(
    selected(context, node).map(async (one) => ({
      node: one.name,
      file: await saveNode(context.host, question, one),
    })),
  );
}

async function forget(context: Context, { node }: SaveOptions): Promise<readonly Saved[]> {
  const { forgetSaved, startAsRendered } = await import("../../nodes/save.ts");
  const { loadTemplates } = await import("../../nodes/templates.ts");
  const { host, settings } = context;
  const question = await questionOf(context);
  const nodes = selected(context, node);
  const names = nodes.map(({ name }) => name);
  await Promise.all(names.map((name) => forgetSaved(host, question.stateDir, name)));
  const templates = await loadTemplates(host, productPath("templates"));
  await startAsRendered(host, question, { settings, templates }, names);
  return names.map((name) => ({ node: name, file: null }));
}

async function questionOf(context: Context) {
  const { runDir, stateDir } = context.settings;
  const machines = await fabricMachines(context);
  return { machines, fabric: context.fabric, runDir, stateDir };
}

function selected({ fabric }: Context, node: string | undefined) {
  return selectNodes(fabric, node === undefined ? [] : [node]);
}
