import type { Fabric } from "../../fabric/types.ts";
import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { print } from "../output.ts";

type Draw = (fabric: Fabric) => string;

const formats: Readonly<Record<"mermaid" | "dot" | "svg", () => Promise<Draw>>> = {
  mermaid: async () => (await import("../../export/graph/mermaid.ts")).renderMermaid,
  dot: async () => (await import("../../export/graph/dot.ts")).renderDot,
  svg: async () => (await import("../../export/graph/svg/svg.ts")).renderSvg,
};

interface GraphOptions extends GlobalOptions {
  readonly format: keyof typeof formats;
  readonly out: string | undefined;
}

export const graphCommand = command<GraphOptions>({
  command: "graph",
  describe: "Draw the topology as SVG, DOT or Mermaid",
  builder: (parser) =>
    parser
      .option("format", {
        choices: Object.keys(formats),
        default: "svg",
        describe: "Output format: mermaid, dot or svg (default: svg)",
      })
      .option("out", { type: "string", requiresArg: true, describe: "Output file (default: stdout)" })
      .example("$0 graph --out fabric.svg", "write an SVG picture")
      .example("$0 graph --format mermaid", "print a diagram for Markdown"),
  run: async (options) => {
    const { host, fabric } = await loadContext(options, "file");
    const draw = await formats[options.format]();
    if (options.out === undefined) {
      print(draw(fabric));
    } else {
      await host.writeFile(options.out, draw(fabric));
    }
  },
});
