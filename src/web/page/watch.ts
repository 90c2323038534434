import { withChange } from "../model/change.ts";
import type { LabState, LabUpdate } from "../model/state.ts";
import { openSocket } from "./api.ts";

export interface WatchListener {
  readonly onState: (state: LabState) => void;
  /** Why there is no news; null when there is again. */
  readonly onProblem: (problem: string | null) => void;
  /** The connection ended before anything came; the cookie may not be valid any more. */
  readonly onRefused: () => void;
}

const RETRY_MS = 2_000;

/** Follows the fabric, over interruptions, until the returned function is called. */
export function watchLab({ onState, onProblem, onRefused }: WatchListener): () => void {
  let isOver = false;
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    let state: LabState | undefined;
    let isOpened = false;
    socket = openSocket("/watch");
    socket.addEventListener("open", () => {
      isOpened = true;
      onProblem(null);
    });
    socket.addEventListener("message", ({ data }) => {
      const update = JSON.parse(String(data)) as LabUpdate | { readonly kind: "problem"; problem: string };
      if (update.kind === "problem") {
        onProblem(update.problem);
      } else {
        state = update.kind === "state" ? update.state : state && withChange(state, update.change);
        if (state !== undefined) {
          onState(state);
        }
      }
    });
    socket.addEventListener("close", () => {
      if (isOver) {
        return;
      }
      if (!isOpened) {
        onRefused();
      }
      onProblem("No connection to the server. Does 'ikvswitch web' still run? Trying again…");
      timer = setTimeout(connect, RETRY_MS);
    });
  };
  connect();
  return () => {
    isOver = true;
    clearTimeout(timer);
    socket?.close();
  };
}
