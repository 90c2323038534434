/**
 * What the switches' ends of the links are: taps of our making, which machines are plugged into; or veths, which come
 * with a switch's netns and go with it.
 */
export type SwitchPorts =
  | { readonly kind: "tap" }
  /** `running` are the names of the switches that run. */
  | { readonly kind: "veth"; readonly running: readonly string[] };

export const TAPS: SwitchPorts = { kind: "tap" };
