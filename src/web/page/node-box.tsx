import type { Box } from "../../export/graph/svg/layout.ts";
import type { Fabric, Node } from "../../fabric/types.ts";
import type { NodeState } from "../model/state.ts";
import { pressable } from "./press.ts";
import { nodeWord, SIGNS, sessionsWord } from "./words.ts";

interface NodeBoxProps {
  readonly node: Node;
  readonly box: Box;
  readonly scale: number;
  readonly state: NodeState | undefined;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

const LINE_HEIGHT = 17;
/** A box that is lower has the name alone. */
const ROOM_FOR_LINES = 60;

/** A switch, with its state in a sign and a word. */
export function NodeBox({ node, box, scale, state, isSelected, onSelect }: NodeBoxProps) {
  const { tone, word } = nodeWord(state);
  const width = box.width / scale;
  const height = box.height / scale;
  const isLarge = height >= ROOM_FOR_LINES;
  const sessions = sessionsWord(state);
  const label = `${node.name}, ${word}, ${sessions} BGP sessions`;
  const middle = { x: width / 2, class: "middle" };
  const top = height / 2 - (isLarge ? LINE_HEIGHT : LINE_HEIGHT / 2) + 5;
  return (
    <g
      class={`node ${node.role} ${tone} ${isSelected ? "selected" : ""}`}
      transform={`translate(${box.x} ${box.y}) scale(${scale})`}
      data-node={node.name}
      {...pressable(label, onSelect, { "aria-pressed": isSelected })}
    >
      <title>{`${node.name}: ${word}\nBGP sessions: ${sessions}\nAS ${node.asn}, ${node.loopback}`}</title>
      <rect class="box" width={width} height={height} rx={9} />
      <text {...middle} y={top} class={`middle name ${isLarge ? "" : "small-name"}`}>
        {node.name}
      </text>
      {isLarge && (
        <text {...middle} y={top + LINE_HEIGHT} class="middle mono">
          {String(node.loopback)}
        </text>
      )}
      <text
        {...middle}
        y={top + (isLarge ? 2 : 1) * LINE_HEIGHT}
        class={`middle state ${isLarge ? "" : "tiny"}`}
      >
        {SIGNS[tone]} {isLarge ? `${word} ${sessions}` : word === "running" ? sessions : word}
      </text>
    </g>
  );
}

/** The host, which is no switch: nothing can be done to it here. */
export function HostBox({
  box,
  fabric,
  scale,
}: {
  readonly box: Box;
  readonly fabric: Fabric;
  readonly scale: number;
}) {
  const width = box.width / scale;
  return (
    <g class="host-box" transform={`translate(${box.x} ${box.y}) scale(${scale})`}>
      <rect class="box" width={width} height={box.height / scale} rx={9} />
      <text class="middle name" x={width / 2} y={30}>
        this host
      </text>
      <text class="middle mono" x={width / 2} y={50}>
        {String(fabric.host.address).split("/")[0]} on {fabric.host.bridge}
      </text>
    </g>
  );
}
