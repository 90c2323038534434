import type { CloneChannel } from "./complete.ts";

/** Lets these switches, which have started only routing, start their other services, `atOnce` at a time. */
export function startAfterRouting(channels: readonly Pick<CloneChannel, "leave">[], atOnce: number): void {
  for (const [index, { leave }] of channels.entries()) {
    leave(SERVICES_START_S * Math.floor(index / atOnce));
  }
}

/**
 * CPU time that an emulated switch needs to start its other services. If all started them at once, BFD sessions between
 * them would time out.
 */
const SERVICES_START_S = 3;
