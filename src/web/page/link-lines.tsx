import type { Layout } from "../../export/graph/svg/layout.ts";
import type { Link } from "../../fabric/types.ts";
import { nameOfLink } from "./plan.ts";
import type { PictureProps } from "./props.ts";
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
  const drawn = all.map((link) => ({ ...props, link, line: lines.get(link.bridge.name) ?? "" }));
  return (
    <>
      <g class={all.length > MANY_LINES ? "links many" : "links"}>
        {drawn.map((one) => (
          <LinkLine key={one.link.bridge.name} {...one} />
        ))}
      </g>
      {/* Above all lines. */}
      <g class="labels">
        {drawn.map((one) => (
          <LinkLabel key={one.link.bridge.name} {...one} />
        ))}
      </g>
    </>
  );
}

type DrawnLink = LinkLinesProps & { readonly link: Link; readonly line: string };

function LinkLine({ link, line, plan, state, selection, actions, layout }: DrawnLink) {
  const bridge = link.bridge.name;
  const view = state.links[bridge];
  const rates = state.rates[bridge];
  const chosen = isSelected(link, selection) ? "selected" : "";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: see LinkLines
    <g
      class={["link", link.kind, linkTone(view), view?.state ?? "", chosen].join(" ")}
      data-bridge={bridge}
      onClick={(event) => {
        event.stopPropagation();
        actions.select({ kind: "link", bridge });
      }}
    >
      <title>{`${nameOfLink(plan, bridge)}\n${linkWord(view)}${rates === undefined ? "" : `\n${bitsWord(rates)}`}`}</title>
      <path class="hit" d={line} />
      <path class="line" d={line} style={{ strokeWidth: widthOf(rates) * layout.scale }} />
    </g>
  );
}

/** A sign for what is wrong, or else the rate. */
function LinkLabel({ link, line, state, selection, layout }: DrawnLink) {
  const view = state.links[link.bridge.name];
  const rates = state.rates[link.bridge.name];
  const tone = linkTone(view);
  const middle = middleOf(line);
  if (middle === undefined || tone === "off") {
    return null;
  }
  const place = `translate(${middle.x} ${middle.y}) scale(${layout.scale})`;
  if (tone !== "good") {
    return (
      <g transform={place} class={`mark ${tone}`}>
        <circle r="9" />
        <text y="4.5">{MARKS[view?.state ?? "missing"] ?? "!"}</text>
      </g>
    );
  }
  const isShown = rates !== undefined && (isSelected(link, selection) || HIGHLIGHTED.includes(link.kind));
  return isShown ? (
    <text transform={place} class="rate" x="8" y="4">
      {bitsWord(rates)}
    </text>
  ) : null;
}

function isSelected(link: Link, selection: PictureProps["selection"]): boolean {
  return selection?.kind === "link"
    ? selection.bridge === link.bridge.name
    : selection?.kind === "node" && hasEnd(link, selection.name);
}

const MARKS: Readonly<Record<string, string>> = { down: "×", blackholed: "∅", impaired: "~", up: "!" };

function hasEnd(link: Link, node: string): boolean {
  return (
    link.kind !== "server" && link.interfaces.some(({ end }) => end.kind === "node" && end.node === node)
  );
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
  return x === undefined ||
    y === undefined ||
    lastX === undefined ||
    lastY === undefined ||
    !line.includes("C")
    ? undefined
    : { x: (x + lastX) / 2, y: (y + lastY) / 2 };
}
