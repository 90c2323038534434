import { useEffect, useMemo, useState } from "preact/hooks";
import { layOut } from "../../export/graph/svg/layout.ts";
import { linkLines } from "../../export/graph/svg/links.ts";
import { LinkLines } from "./link-lines.tsx";
import { HostBox, NodeBox } from "./node-box.tsx";
import type { PictureProps } from "./props.ts";
import { RackFrame } from "./rack-frame.tsx";

/** Widths of the picture: racks that do not fit beside each other continue below. */
const WIDE = { rowWidth: 1_500, minWidth: 1_040 };
/** For a telephone, on which letters of a wider picture would be too small. */
const NARROW = { rowWidth: 400, minWidth: 0 };
const NARROW_SCREEN = "(max-width: 620px)";

/** The topology as a picture. Everything in it is also in the tables below. */
export function Topology(props: PictureProps) {
  const { plan, state, selection, actions } = props;
  const numbers = plan.fabric.racks.map(({ number }) => number);
  const [collapsed, setCollapsed] = useState<ReadonlySet<number>>(new Set(numbers));
  useEffect(() => setCollapsed(new Set(numbers)), [plan]);
  const isNarrow = useMedia(NARROW_SCREEN);
  const layout = useMemo(
    () => layOut(plan.fabric, { collapsed, hasPorts: false, ...(isNarrow ? NARROW : WIDE) }),
    [plan, collapsed, isNarrow],
  );
  const lines = useMemo(() => linkLines(plan.fabric, layout), [plan, layout]);
  const toggle = (number: number) =>
    setCollapsed(
      (all) => new Set(all.has(number) ? [...all].filter((one) => one !== number) : [...all, number]),
    );
  const allAre = numbers.every((number) => collapsed.has(number));
  const left = 20;
  return (
    <section class="topology" aria-labelledby="topology-heading">
      <div class="heading">
        <h2 id="topology-heading">Topology</h2>
        <button type="button" onClick={() => setCollapsed(new Set(allAre ? [] : numbers))}>
          {allAre ? "Show rack positions" : "Collapse all racks"}
        </button>
      </div>
      {/* A picture that is wider than the screen is moved by keys, too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Picture of the topology">
        <svg
          viewBox={`${left} 24 ${layout.width - 2 * left} ${layout.height - 12}`}
          style={{ minWidth: isNarrow ? "0" : "720px", maxWidth: `${layout.width}px` }}
        >
          <title>Topology of {plan.fabric.domain}</title>
          <LinkLines {...props} lines={lines} layout={layout} />
          {layout.racks.map((rack) => (
            <RackFrame
              key={rack.rack.number}
              {...props}
              layout={rack}
              isCollapsed={collapsed.has(rack.rack.number)}
              onToggle={() => toggle(rack.rack.number)}
            />
          ))}
          <HostBox box={layout.host} fabric={plan.fabric} scale={layout.scale} />
          {plan.fabric.nodes.map((node) => {
            const box = layout.nodes.get(node.name);
            return (
              box && (
                <NodeBox
                  key={node.name}
                  node={node}
                  box={box}
                  scale={node.role === "leaf" ? 1 : layout.scale}
                  state={state.nodes[node.name]}
                  isSelected={selection?.kind === "node" && selection.name === node.name}
                  onSelect={() => actions.select({ kind: "node", name: node.name })}
                />
              )
            );
          })}
        </svg>
      </section>
    </section>
  );
}

/** Reports whether the screen is like this, as it changes. */
function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query]);
  const [matches, setMatches] = useState(list.matches);
  useEffect(() => {
    const update = () => setMatches(list.matches);
    list.addEventListener("change", update);
    return () => list.removeEventListener("change", update);
  }, [list]);
  return matches;
}
