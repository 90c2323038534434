import { image } from "../config/keys/switches.ts";
import type { Settings } from "../config/settings.ts";

/**
 * Returns the IPv4 address on which VNC and IPMI listen. As long as the root password is the one in our public
 * documentation, only users of the host itself can reach them.
 */
export function listenAddress(settings: Pick<Settings, "vncListen" | "rootPassword">): string {
  if (settings.vncListen !== "auto") {
    return settings.vncListen;
  }
  return hasShippedPassword(settings) ? "127.0.0.1" : "0.0.0.0";
}

export function hasShippedPassword(settings: Pick<Settings, "rootPassword">): boolean {
  return settings.rootPassword === image.keys.VM_ROOT_PASS.default;
}
