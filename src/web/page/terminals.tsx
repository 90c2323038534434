import { useEffect, useState } from "preact/hooks";
import type { OpenTerminal, TerminalKind } from "./props.ts";
import { TerminalView } from "./terminal-view.tsx";
import { VncView } from "./vnc-view.tsx";

const WORDS: Readonly<Record<TerminalKind, string>> = {
  vtysh: "vtysh",
  shell: "shell",
  ssh: "SSH",
  console: "serial",
  vnc: "VNC",
};

interface TerminalsProps {
  readonly terminals: readonly OpenTerminal[];
  readonly onClose: (id: number) => void;
}

/** The consoles that are open, below everything else; one of them is shown. */
export function Terminals({ terminals, onClose }: TerminalsProps) {
  const [chosen, choose] = useState<number>();
  const [isLarge, setLarge] = useState(false);
  const last = terminals.at(-1)?.id;
  useEffect(() => choose(last), [last]);
  if (terminals.length === 0) {
    return null;
  }
  const shown = terminals.some(({ id }) => id === chosen) ? chosen : last;
  return (
    <section class={isLarge ? "terminals large" : "terminals"} aria-label="Consoles">
      <div class="terminal-bar">
        {terminals.map(({ id, name, kind }) => (
          <span key={id} class={id === shown ? "terminal-tab chosen" : "terminal-tab"}>
            <button
              type="button"
              id={`terminal-${id}`}
              aria-pressed={id === shown}
              onClick={() => choose(id)}
            >
              {name} <span class="muted">{WORDS[kind]}</span>
            </button>
            <button type="button" aria-label={`Close ${WORDS[kind]} of ${name}`} onClick={() => onClose(id)}>
              ×
            </button>
          </span>
        ))}
        <span class="hint muted">Ctrl-] leaves the console</span>
        <button type="button" onClick={() => setLarge(!isLarge)}>
          {isLarge ? "Smaller" : "Larger"}
        </button>
      </div>
      {terminals.map((terminal) => {
        const { id, kind } = terminal;
        const leave = () => document.getElementById(`terminal-${id}`)?.focus();
        return (
          <div key={id} class="terminal-body" hidden={id !== shown}>
            {kind === "vnc" ? (
              <VncView terminal={terminal} onLeave={leave} />
            ) : (
              <TerminalView terminal={{ ...terminal, kind }} isShown={id === shown} onLeave={leave} />
            )}
          </div>
        );
      })}
    </section>
  );
}
