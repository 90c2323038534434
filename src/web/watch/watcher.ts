import { linkName } from "../../fabric/ends.ts";
import { pause } from "../../system/pause.ts";
import { happenings } from "../model/events.ts";
import { type LabEvent, type LabState, MAX_EVENTS } from "../model/state.ts";
import { type NamedLab, type Observation, observeLab } from "./observe.ts";
import type { Work } from "./work.ts";

/** Observes the fabric for all who listen. */
export interface Watcher {
  /** The present state, and then each one that is another, until the signal is aborted. A slow reader misses some. */
  states(signal: AbortSignal): AsyncGenerator<LabState>;
  /** Observes at once, as after a change. Does nothing if nobody listens. */
  hurry(): void;
}

export interface WatcherOptions {
  /** Returns the fabric, which another `up` may have changed. */
  readonly lab: () => Promise<NamedLab>;
  readonly work: Work;
  readonly describe: (error: unknown) => string;
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
}

/** Pause between two observations. */
const INTERVAL_MS = 2_000;
/** Of this multiple of an observation's time, if that is longer: emulated switches also have other work. */
const REST = 3;

/** Returns a watcher, which observes only while somebody listens. */
export function makeWatcher(options: WatcherOptions): Watcher {
  const { lab, work, describe, signal, intervalMs = INTERVAL_MS } = options;
  /** The last state, while somebody listens. */
  let known: LabState | undefined;
  let events: readonly LabEvent[] = [];
  let before: Observation | undefined;
  let listeners = 0;
  let isWatching = false;
  const change = broadcast();
  let hurried = new AbortController();

  work.onChange(() => {
    known &&= { ...known, work: work.current() };
    change.tell();
  });

  const look = async () => {
    try {
      const named = await lab();
      const observation = await observeLab(named, before);
      known = { ...withEvents(named, before?.state, events, observation.state), work: work.current() };
      events = known.events;
      before = observation;
    } catch (error) {
      // A switch that ends meanwhile, or a network that is taken down: the next observation may succeed.
      if (known === undefined) {
        throw error;
      }
      known = { ...known, problem: describe(error) };
    }
  };

  const watch = async () => {
    isWatching = true;
    try {
      while (listeners > 0 && !signal.aborted) {
        const startedMs = performance.now();
        hurried = new AbortController();
        await look().then(change.tell);
        const restMs = Math.max(intervalMs, REST * (performance.now() - startedMs));
        await pause(restMs, AbortSignal.any([signal, hurried.signal]));
      }
    } catch (error) {
      change.fail(error);
    } finally {
      isWatching = false;
      // Rates and events of a time in which nobody listened would be wrong, and the state is soon an old one.
      before = undefined;
      known = undefined;
    }
  };

  return {
    async *states(own) {
      const ended = AbortSignal.any([own, signal]);
      const end = aborted(ended);
      listeners += 1;
      try {
        // What was seen while others listened is the present state.
        let shown: LabState | undefined;
        while (!ended.aborted) {
          const next = change.next();
          if (!isWatching) {
            void watch();
          }
          if (known === undefined || known === shown) {
            await Promise.race([next, end]);
          }
          if (known !== undefined && known !== shown && !ended.aborted) {
            shown = known;
            yield shown;
          }
        }
      } finally {
        listeners -= 1;
      }
    },
    hurry: () => hurried.abort(),
  };
}

function withEvents(
  { lab }: NamedLab,
  before: LabState | undefined,
  events: readonly LabEvent[],
  state: LabState,
): LabState {
  if (before === undefined || before.plan !== state.plan) {
    return { ...state, events };
  }
  const names = new Map(lab.fabric.links.map((link) => [link.bridge.name, linkName(link)]));
  const first = (events.at(-1)?.id ?? 0) + 1;
  const at = new Date().toISOString();
  const more = happenings(before, state, (bridge) => names.get(bridge) ?? bridge);
  return {
    ...state,
    events: [...events, ...more.map((one, index) => ({ id: first + index, at, ...one }))].slice(-MAX_EVENTS),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** What happens again and again, for all who wait for the next time. */
interface Broadcast {
  next(): Promise<void>;
  tell(): void;
  fail(error: unknown): void;
}

function broadcast(): Broadcast {
  let current = deferred();
  const renew = () => {
    const last = current;
    current = deferred();
    return last;
  };
  return {
    next: () => current.promise,
    tell: () => renew().resolve(),
    fail: (error) => renew().reject(error),
  };
}

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

function deferred(): Deferred {
  let resolve = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  // Whoever listens handles it; perhaps nobody does.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
