const NETFN_CHASSIS = 0x00;
const CHASSIS_CONTROL = 0x02;
/** Longer than ipmitool repeats a request: four times, after a second each. */
const REPEATED_MS = 10_000;

/**
 * Returns a filter for the messages of one client: true for a chassis control that is repeated, with the sequence number
 * of the first. A client repeats a request that is not answered within a second, and the simulator would then reset the
 * machine again, after a boot device that is to be used once. The answer to the first request is on its way.
 * @param now returns the time in ms.
 */
export function repeatedControls(now = () => performance.now()): (message: Uint8Array) => boolean {
  let last: { readonly message: Uint8Array; readonly atMs: number } | undefined;
  return (message) => {
    // Addresses, function and checksum; sequence number, command, and the command's data.
    const [, netFnAndLun = 0, , , , command] = message;
    if (netFnAndLun >> 2 !== NETFN_CHASSIS || command !== CHASSIS_CONTROL) {
      return false;
    }
    const atMs = now();
    const first = last;
    if (
      first !== undefined &&
      atMs - first.atMs < REPEATED_MS &&
      Buffer.compare(first.message, message) === 0
    ) {
      return true;
    }
    last = { message, atMs };
    return false;
  };
}
