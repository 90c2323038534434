import type { ServerPlace } from "../model/positions.ts";

/** Only this host has the bridges. The user labels its node. */
export const NODE_SELECTOR = { "ikvswitch.internal/fabric": "true" };

/** By which `kubectl get -l` selects a rack's servers. */
export function labelsOf({ rack, position }: ServerPlace): Record<string, string> {
  return { "ikvswitch.internal/rack": String(rack), "ikvswitch.internal/u": String(position) };
}
