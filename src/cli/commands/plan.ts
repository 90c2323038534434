import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { selectNodes } from "../find-node.ts";
import { print } from "../output.ts";
import { printDocument } from "../print-document.ts";

interface PlanOptions extends GlobalOptions {
  readonly node: string | undefined;
}

export const planCommand = command<PlanOptions>({
  command: "plan [node]",
  describe: "Show the planned names, addresses, MACs, AS numbers and links",
  builder: (parser) =>
    parser.positional("node", {
      type: "string",
      describe: "Only this switch: internet, spine1, leaf3, ... (default: all)",
    }),
  run: async (options) => {
    const { fabric } = await loadContext(options, "file");
    const [only] = options.node === undefined ? [] : selectNodes(fabric, [options.node]);
    if (options.json) {
      only === undefined ? printDocument("plan", fabric) : printDocument("plan node", only);
      return;
    }
    const { formatPlan } = await import("../../export/graph/tables.ts");
    print(formatPlan(fabric, only?.name));
  },
});
