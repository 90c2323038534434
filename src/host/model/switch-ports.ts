/**
 * Kind of the switches' ends of the links: taps that we create, to which virtual machines attach; or veths, which are
 * created and removed with a switch's netns.
 */
export type SwitchPorts =
  | { readonly kind: "tap" }
  /** `running` are the names of the switches that run. */
  | { readonly kind: "veth"; readonly running: readonly string[] };

export const TAPS: SwitchPorts = { kind: "tap" };
