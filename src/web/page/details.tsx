import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { LinkDetails } from "./link-details.tsx";
import { NodeDetails } from "./node-details.tsx";
import { nameOfLink } from "./plan.ts";
import type { PictureProps } from "./props.ts";

/** What is selected, and what can be done with it. */
export function Details(props: PictureProps) {
  const { plan, state, selection, actions } = props;
  const key = selection === null ? "" : selection.kind === "node" ? selection.name : selection.bridge;
  const { section, heading } = useFocus(key);
  useEscape(() => actions.select(null));
  if (selection === null) {
    return null;
  }
  const node = selection.kind === "node" ? plan.nodes.get(selection.name) : undefined;
  const link = selection.kind === "link" ? plan.links.get(selection.bridge) : undefined;
  return (
    <section class="details" aria-labelledby="details-heading" ref={section}>
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
        <LinkDetails
          key={key}
          link={link}
          view={state.links[key]}
          rates={state.rates[key]}
          actions={actions}
        />
      )}
    </section>
  );
}

/** Puts the keyboard on the heading of what is selected, and keeps it here when a button that had it is gone. */
function useFocus(key: string) {
  const section = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const isInside = useRef(false);
  useLayoutEffect(() => heading.current?.focus(), [key]);
  useEffect(() => {
    const follow = ({ target }: FocusEvent) => {
      isInside.current = target instanceof Node && section.current?.contains(target) === true;
    };
    document.addEventListener("focusin", follow);
    return () => document.removeEventListener("focusin", follow);
  }, []);
  useLayoutEffect(() => {
    if (isInside.current && document.activeElement === document.body) {
      heading.current?.focus();
    }
  });
  return { section, heading };
}

/** Escape leaves the details from everywhere but a console, whose programs need it. */
function useEscape(leave: () => void): void {
  const last = useRef(leave);
  last.current = leave;
  useEffect(() => {
    const press = ({ key, target }: KeyboardEvent) => {
      if (key === "Escape" && !(target instanceof Element && target.closest(".terminals"))) {
        last.current();
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
