import type { Layout } from "../../export/graph/svg/layout.ts";
import type { Link } from "../../fabric/types.ts";
import { nameOfLink } from "./plan.ts";
import type { PictureProps } from "./topology.tsx";
import { bitsWord, linkTone, linkWord } from "./words.ts";

interface LinkLinesProps extends PictureProps {
  readonly lines: ReadonlyMap<string, string>;
  readonly layout: Layout;
}

/** With more lines than this, those that are as planned are thin. */
const MANY_LINES = 120;
const HIGHLIGHTED = ["host", "internet-spine"];

/**
 * All links. The keyboard reaches them in the table of links and in the details of a switch: hundreds of stops on the way
 * through the picture would help nobody.
 */
export function LinkLines(props: LinkLinesProps) {
  const { plan, lines } = props;
  const all = [...plan.links.values()].filter(({ bridge }) => lines.has(bridge.name));
  return (
    <g class={all.length > MANY_LINES ? "links many" : "links"}>
      {all.map((link) => (
        <LinkLine key={link.bridge.name} {...props} link={link} line={lines.get(link.bridge.name) ?? ""} />
      ))}
    </g>
  );
}

function LinkLine({
  link,
  line,
  plan,
  state,
  selection,
  actions,
  layout,
}: LinkLinesProps & { readonly link: Link; readonly line: string }) {
  const bridge = link.bridge.name;
  const view = state.links[bridge];
  const tone = linkTone(view);
  const isSelected =
    (selection?.kind === "link" && selection.bridge === bridge) ||
    (selection?.kind === "node" && hasEnd(link, selection.name));
  const rates = state.rates[bridge];
  const name = nameOfLink(plan, bridge);
  const middle = middleOf(line);
  const isLabelled = rates !== undefined && (isSelected || HIGHLIGHTED.includes(link.kind));
  const classes = ["link", link.kind, tone, view?.state ?? "", isSelected ? "selected" : ""].join(" ");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: see LinkLines
    // biome-ignore lint/a11y/noStaticElementInteractions: see LinkLines
    <g
      class={classes}
      data-bridge={bridge}
      onClick={(event) => {
        event.stopPropagation();
        actions.select({ kind: "link", bridge });
      }}
    >
      <title>{`${name}\n${linkWord(view)}${rates === undefined ? "" : `\n${bitsWord(rates)}`}`}</title>
      <path class="hit" d={line} />
      <path class="line" d={line} style={{ strokeWidth: widthOf(rates) * layout.scale }} />
      {middle !== undefined && (tone === "bad" || tone === "doubtful") && (
        <g transform={`translate(${middle.x} ${middle.y}) scale(${layout.scale})`} class="mark">
          <circle r="9" />
          <text y="4.5">{MARKS[view?.state ?? "missing"] ?? "!"}</text>
        </g>
      )}
      {middle !== undefined && isLabelled && tone === "good" && (
        <text class="rate" x={middle.x + 8} y={middle.y + 4}>
          {bitsWord(rates)}
        </text>
      )}
    </g>
  );
}

const MARKS: Readonly<Record<string, string>> = { down: "×", blackholed: "∅", impaired: "~", up: "!" };

function hasEnd(link: Link, node: string): boolean {
  return link.kind !== "server" && link.interfaces.some(({ end }) => end.kind === "node" && end.node === node);
}

/** From 1.4 for little to 5 for a gigabit per second. */
function widthOf(rates: PictureProps["state"]["rates"][string] | undefined): number {
  const bits = rates === undefined ? 0 : rates.there.bits + rates.back.bits;
  return bits < 10_000 ? 1.4 : Math.min(5, 1.4 + (Math.log10(bits) - 4) * 0.72);
}

/** The middle of a curve that is vertical at both ends, or of what else a line is. */
function middleOf(line: string): { readonly x: number; readonly y: number } | undefined {
  const numbers = (line.match(/-?[\d.]+/g) ?? []).map(Number);
  const [x, y] = numbers;
  const [lastX, lastY] = numbers.slice(-2);
  return x === undefined || y === undefined || lastX === undefined || lastY === undefined || !line.includes("C")
    ? undefined
    : { x: (x + lastX) / 2, y: (y + lastY) / 2 };
}
