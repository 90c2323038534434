import { UsageError } from "../../errors.ts";
import {
  type RackDetail,
  readableDetail,
  readRackNumbers,
  withRacks,
} from "../../export/graph/level-of-detail.ts";
import type { Fabric } from "../../fabric/types.ts";
import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { print } from "../output.ts";

type Draw = (fabric: Fabric, racks: RackDetail) => string;

const formats: Readonly<Record<"mermaid" | "dot" | "svg", () => Promise<Draw>>> = {
  mermaid: async () => (await import("../../export/graph/mermaid.ts")).renderMermaid,
  dot: async () => (await import("../../export/graph/dot.ts")).renderDot,
  svg: async () => {
    const { renderSvg } = await import("../../export/graph/svg/svg.ts");
    const { renderCollapsedSvg } = await import("../../export/graph/svg/collapsed.ts");
    return (fabric, racks) => (racks === "collapsed" ? renderCollapsedSvg : renderSvg)(fabric);
  },
};

interface GraphOptions extends GlobalOptions {
  readonly format: keyof typeof formats;
  readonly out: string | undefined;
  readonly racks: string | undefined;
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
      .option("racks", {
        type: "string",
        requiresArg: true,
        describe: "Draw racks whole, collapsed, or only these: 3,17-20 (default: collapsed if more than 8)",
      })
      .example("$0 graph --out fabric.svg", "write an SVG picture")
      .example("$0 graph --format mermaid", "print a diagram for Markdown")
      .example("$0 graph --racks 17,18 --out part.svg", "draw two racks with all their links"),
  run: async (options) => {
    const { host, fabric } = await loadContext(options, "file");
    const draw = await formats[options.format]();
    const part = partOf(fabric, options.racks);
    const drawing = draw(part.fabric, part.racks);
    if (options.out === undefined) {
      print(drawing);
    } else {
      await host.writeFile(options.out, drawing);
    }
  },
});

/** Returns what `--racks` tells to draw, and in which detail. */
function partOf(
  fabric: Fabric,
  words: string | undefined,
): { readonly fabric: Fabric; readonly racks: RackDetail } {
  if (words === undefined) {
    return { fabric, racks: readableDetail(fabric) };
  }
  if (words === "whole" || words === "collapsed") {
    return { fabric, racks: words };
  }
  const numbers = readRackNumbers(words, fabric.racks.length);
  if (numbers === undefined) {
    throw new UsageError(
      `invalid value of --racks: "${words}" (whole, collapsed, or racks from 1 to ${fabric.racks.length}, as in 1,3-5)`,
    );
  }
  return { fabric: withRacks(fabric, numbers), racks: "whole" };
}
