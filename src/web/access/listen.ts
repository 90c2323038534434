import { UsageError } from "../../errors.ts";
import { Address } from "../../net/address.ts";

/** Where a server listens. */
export interface Listen {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  readonly isLoopback: boolean;
}

/**
 * Parses `127.0.0.1:8096` or `[::1]:8096`.
 * @throws UsageError if it is not an IP address and a port.
 */
export function parseListen(text: string): Listen {
  const [, six, four, digits] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = Address.parse(six ?? four ?? "");
  const port = Number(digits);
  if (address === null || !(port <= 65_535) || (six !== undefined) !== (address.family === 6)) {
    throw new UsageError(
      `invalid value of --listen: "${text}" (an IP address and a port: 127.0.0.1:8096 or [::1]:8096)`,
    );
  }
  return { address: String(address), port, isLoopback: address.isLoopback };
}

/**
 * Returns the values of the header Host that mean this server.
 * @param names of the user: `lab.example`, or with a port if it is another than that of the server.
 */
export function hostNames(
  { address, port, isLoopback }: Listen,
  names: readonly string[],
): ReadonlySet<string> {
  const own = address.includes(":") ? `[${address}]` : address;
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
