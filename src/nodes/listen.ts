import { image } from "../config/keys/switches.ts";
import type { Config } from "../config/types.ts";

/**
 * The IPv4 address at which VNC and IPMI listen. As long as the root password is the one that everybody can read
 * in our documentation, they are for this machine's own users only.
 */
export function listenAddress(config: Pick<Config, "VNC_LISTEN" | "VM_ROOT_PASS">): string {
  if (config.VNC_LISTEN !== "auto") {
    return config.VNC_LISTEN;
  }
  return hasShippedPassword(config) ? "127.0.0.1" : "0.0.0.0";
}

export function hasShippedPassword(config: Pick<Config, "VM_ROOT_PASS">): boolean {
  return config.VM_ROOT_PASS === image.keys.VM_ROOT_PASS.default;
}
