import type { FitAddon } from "@xterm/addon-fit";
import type { Terminal } from "@xterm/xterm";
import { useEffect, useRef } from "preact/hooks";
import type { FromTerminal, TerminalEnd } from "../model/terminal.ts";
import { openSocket } from "./api.ts";
import type { OpenTerminal, TerminalKind } from "./props.ts";

interface TerminalViewProps {
  readonly terminal: OpenTerminal & { readonly kind: Exclude<TerminalKind, "vnc"> };
  readonly isShown: boolean;
  /** The keyboard is to leave the terminal, which takes every other key. */
  readonly onLeave: () => void;
}

const PATHS = {
  vtysh: { path: "exec", command: ["vtysh"] },
  shell: { path: "exec", command: ["bash", "-l"] },
  ssh: { path: "ssh" },
  console: { path: "console" },
} as const;

/** A console in the page. Loads xterm.js when the first is opened. */
export function TerminalView({ terminal: what, isShown, onLeave }: TerminalViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const fit = useRef<(() => void) | null>(null);
  useEffect(() => {
    let isGone = false;
    let close = () => {};
    const begin = async () => {
      const [{ Terminal }, { FitAddon }] = await Promise.all([
        import("@xterm/xterm"),
        import("@xterm/addon-fit"),
      ]);
      if (!isGone && place.current !== null) {
        const terminal = new Terminal({
          fontFamily: 'ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace',
          fontSize: 13,
          screenReaderMode: true,
          scrollback: 5_000,
          theme: { background: "#12161e", foreground: "#e3e8f1", cursor: "#8fb4ff" },
        });
        const addon = new FitAddon();
        terminal.loadAddon(addon);
        terminal.open(place.current);
        close = attach(terminal, addon, place.current, { terminal: what, onLeave });
        fit.current = () => addon.fit();
      }
    };
    void begin();
    return () => {
      isGone = true;
      close();
    };
  }, []);
  useEffect(() => {
    if (isShown) {
      fit.current?.();
    }
  }, [isShown]);
  return <div ref={place} class="terminal" data-terminal={`${what.name} ${what.kind}`} />;
}

/** Connects a terminal with the server. Returns what ends it. */
function attach(
  terminal: Terminal,
  addon: FitAddon,
  place: HTMLElement,
  { terminal: { of, name, kind }, onLeave }: Omit<TerminalViewProps, "isShown">,
): () => void {
  const { path, ...program } = PATHS[kind];
  const socket = openSocket(`/${of}/${name}/${path}`);
  socket.binaryType = "arraybuffer";
  const encoder = new TextEncoder();
  const tell = (message: FromTerminal) => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify(message));
    }
  };
  const size = () => ({ rows: terminal.rows, columns: terminal.cols });
  let isOver = false;
  const say = (text: string) => {
    isOver = true;
    terminal.write(`\r\n\u001b[2m${text}\u001b[0m\r\n`);
  };
  addon.fit();
  terminal.focus();
  terminal.attachCustomKeyEventHandler((event) => {
    const isLeave = event.ctrlKey && event.key === "]";
    if (isLeave && event.type === "keydown") {
      event.preventDefault();
      onLeave();
    }
    return !isLeave;
  });
  socket.addEventListener("open", () => tell({ kind: "open", ...size(), ...program }));
  socket.addEventListener("message", ({ data }) => {
    if (typeof data !== "string") {
      terminal.write(new Uint8Array(data as ArrayBuffer));
      return;
    }
    const { exitCode, reason } = JSON.parse(data) as TerminalEnd;
    // A reason has lines of its own.
    say(
      reason === null
        ? `Ended${exitCode ? ` with exit code ${exitCode}` : ""}.`
        : reason.replaceAll("\n", "\r\n"),
    );
  });
  socket.addEventListener("close", () => {
    if (!isOver) {
      say("The connection has ended.");
    }
  });
  terminal.onData((text) => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(encoder.encode(text));
    }
  });
  terminal.onResize(() => tell({ kind: "resize", ...size() }));
  const resized = new ResizeObserver(() => {
    if (place.clientWidth > 0) {
      addon.fit();
    }
  });
  resized.observe(place);
  return () => {
    isOver = true;
    resized.disconnect();
    socket.close();
    terminal.dispose();
  };
}
