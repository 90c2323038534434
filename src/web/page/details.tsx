import { useEffect, useRef } from "preact/hooks";
import { LinkDetails } from "./link-details.tsx";
import { NodeDetails } from "./node-details.tsx";
import { nameOfLink } from "./plan.ts";
import type { PictureProps } from "./topology.tsx";

/** What is selected, and what can be done with it. */
export function Details(props: PictureProps) {
  const { plan, state, selection, actions } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const key = selection === null ? "" : selection.kind === "node" ? selection.name : selection.bridge;
  // Where the keyboard was, in a picture or a table, is no place to continue from.
  useEffect(() => heading.current?.focus(), [key]);
  if (selection === null) {
    return null;
  }
  const node = selection.kind === "node" ? plan.nodes.get(selection.name) : undefined;
  const link = selection.kind === "link" ? plan.links.get(selection.bridge) : undefined;
  return (
    <section
      class="details"
      aria-labelledby="details-heading"
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          actions.select(null);
        }
      }}
    >
      <div class="heading">
        <h2 id="details-heading" ref={heading} tabIndex={-1}>
          {node?.name ?? (link === undefined ? key : nameOfLink(plan, link.bridge.name))}
        </h2>
        <button type="button" aria-label="Close details" onClick={() => actions.select(null)}>
          ×
        </button>
      </div>
      {node !== undefined && (
        <NodeDetails key={key} node={node} plan={plan} state={state} actions={actions} />
      )}
      {link !== undefined && (
        <LinkDetails key={key} link={link} view={state.links[key]} rates={state.rates[key]} actions={actions} />
      )}
    </section>
  );
}
