import { bottom, type RackLayout } from "../../export/graph/svg/layout.ts";
import type { Link } from "../../fabric/types.ts";
import { pressable } from "./press.ts";
import type { PictureProps } from "./props.ts";
import { linkTone } from "./words.ts";

interface RackFrameProps extends PictureProps {
  readonly layout: RackLayout;
  readonly isCollapsed: boolean;
  readonly onToggle: () => void;
}

/** A rack, whose positions are shown and hidden by its label. */
export function RackFrame({ layout, isCollapsed, onToggle, plan, state, actions }: RackFrameProps) {
  const { rack, frame, slots } = layout;
  const middle = frame.x + frame.width / 2;
  const used = usedPositions(plan.links, state.links, rack.number);
  const count = used.size === 0 ? "" : ` · ${used.size} attached`;
  return (
    <g class="rack">
      <rect class="frame" {...frame} rx={12} />
      {[...slots].map(([position, box]) => (
        <g
          key={position}
          class={`slot ${used.has(position) ? "used" : ""}`}
          {...pressable(
            `Rack ${rack.number} U${position}, ${used.has(position) ? "attached" : "free"}`,
            () => {
              const bridge = bridgeAt(plan.links, rack.number, position);
              if (bridge !== undefined) {
                actions.select({ kind: "link", bridge });
              }
            },
          )}
        >
          <rect {...box} rx={4} />
          <text class="middle" x={box.x + box.width / 2} y={box.y + box.height / 2 + 4}>
            U{position}
            {used.has(position) ? " ●" : ""}
          </text>
        </g>
      ))}
      <g
        class="toggle"
        {...pressable(`Rack ${rack.number}: positions`, onToggle, { "aria-expanded": !isCollapsed })}
      >
        <rect x={frame.x + 4} y={bottom(frame) - 27} width={frame.width - 8} height={23} rx={6} />
        <text class="middle" x={middle} y={bottom(frame) - 11}>
          {isCollapsed ? "▸" : "▾"} rack {rack.number}
          {frame.width > 200 ? count : ""}
        </text>
      </g>
    </g>
  );
}

/** Positions where something is attached. */
function usedPositions(
  links: ReadonlyMap<string, Link>,
  states: PictureProps["state"]["links"],
  rack: number,
): ReadonlySet<number> {
  return new Set(
    [...links.values()].flatMap(({ bridge, interfaces }) =>
      interfaces.flatMap(({ end }) => {
        const view = states[bridge.name];
        return end.kind === "server" && end.rack === rack && view?.carrier && linkTone(view) !== "off"
          ? [end.position]
          : [];
      }),
    ),
  );
}

function bridgeAt(links: ReadonlyMap<string, Link>, rack: number, position: number): string | undefined {
  return [...links.values()].find(({ interfaces }) =>
    interfaces.some(({ end }) => end.kind === "server" && end.rack === rack && end.position === position),
  )?.bridge.name;
}
