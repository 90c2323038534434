import { useRef, useState } from "preact/hooks";
import { CheckTab } from "./check-tab.tsx";
import { EventsTab } from "./events-tab.tsx";
import { LinksTab } from "./links-tab.tsx";
import type { TabProps } from "./props.ts";
import { SwitchesTab } from "./switches-tab.tsx";
import { VmsTab } from "./vms-tab.tsx";

const TABS = [
  ["switches", "Switches", SwitchesTab],
  ["links", "Links", LinksTab],
  ["vms", "VMs", VmsTab],
  ["check", "Check", CheckTab],
  ["events", "Events", EventsTab],
] as const;

/** Tables of all that the picture shows, and more. The arrow keys go from tab to tab. */
export function Tabs(props: TabProps) {
  const [chosen, choose] = useState<(typeof TABS)[number][0]>("switches");
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      const at = TABS.findIndex(([name]) => name === chosen);
      const [next = chosen] = TABS[(at + step + TABS.length) % TABS.length] ?? [];
      choose(next);
      list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
    }
  };
  return (
    <section class="tabs" aria-label="Tables">
      <div role="tablist" aria-label="Tables" ref={list} onKeyDown={move} tabIndex={-1}>
        {TABS.map(([name, word]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === chosen}
            aria-controls={`panel-${name}`}
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => choose(name)}
          >
            {word}
          </button>
        ))}
      </div>
      {/* All stay, so that the result of a check is there again. */}
      {TABS.map(([name, , Tab]) => (
        <div
          key={name}
          role="tabpanel"
          id={`panel-${name}`}
          aria-labelledby={`tab-${name}`}
          hidden={name !== chosen}
        >
          <Tab {...props} />
        </div>
      ))}
    </section>
  );
}
