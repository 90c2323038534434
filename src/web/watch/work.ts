import type { Progress } from "../../system/progress.ts";

/** What the server is doing for requests that take long, for those who watch. */
export interface Work {
  /** `Start the switches: leaf3`; null if nothing. */
  current(): string | null;
  /** Calls the listener whenever it is another. */
  onChange(listener: () => void): void;
  /** Does work that takes long, and tells what it is doing; of several, what was told last. */
  during<T>(work: (progress: Progress) => Promise<T>): Promise<T>;
}

export function makeWork(): Work {
  let text: string | null = null;
  const listeners: (() => void)[] = [];
  const tell = (now: string | null) => {
    text = now;
    for (const listener of listeners) {
      listener();
    }
  };
  const progress: Progress = {
    step: (title, run) => {
      tell(title);
      return run((detail) => tell(`${title}: ${detail}`));
    },
  };
  return {
    current: () => text,
    onChange: (listener) => {
      listeners.push(listener);
    },
    during: (work) => work(progress).finally(() => tell(null)),
  };
}
