import { UsageError } from "../../errors.ts";
import { type ListenAddress, urlHost } from "../../system/listen-address.ts";

/**
 * Returns the values of the header Host that mean this server.
 * @param names of the user: `lab.example`, or with a port if it is another than that of the server.
 */
export function hostNames(
  { address, port, isLoopback }: ListenAddress,
  names: readonly string[],
): ReadonlySet<string> {
  const own = urlHost(address);
  const local = isLoopback ? ["localhost", "127.0.0.1", "[::1]"] : [];
  return new Set([
    ...[own, ...local].map((name) => `${name}:${port}`),
    ...names.map((name) => (/:\d+$/.test(name) ? name : `${name}:${port}`).toLowerCase()),
    // A browser leaves out the default port.
    ...(port === 443 ? [own, ...names.map((name) => name.toLowerCase())] : []),
  ]);
}

/** @throws UsageError if it can't be in the header Host. */
export function checkHostName(name: string): void {
  if (!/^(\[[0-9a-fA-F:]+\]|[a-zA-Z0-9.-]{1,253})(:\d{1,5})?$/.test(name)) {
    throw new UsageError(`invalid value of --host: "${name}" (a name or an address: lab.example)`);
  }
}
