import type { BootOverride } from "../model/control.ts";

const NETFN_CHASSIS = 0x00;
const SET_SYSTEM_BOOT_OPTIONS = 0x08;
const BOOT_FLAGS = 5;
const PERSISTENT = 0x40;

/**
 * Returns how long the boot device of a message is to be used, if the message sets one (IPMI 2.0, section 28.12, and
 * table 28-14, parameter 5). Undefined for any other message.
 */
export function bootDuration(message: Uint8Array): BootOverride["until"] | undefined {
  // Addresses, function and checksum; sequence number, command, and the command's data.
  const [, netFnAndLun = 0, , , , command, parameter = 0, flags = 0] = message;
  return netFnAndLun >> 2 === NETFN_CHASSIS &&
    command === SET_SYSTEM_BOOT_OPTIONS &&
    (parameter & 0x7f) === BOOT_FLAGS
    ? (flags & PERSISTENT) === 0
      ? "once"
      : "always"
    : undefined;
}
