import { UsageError } from "../errors.ts";
import { Address } from "../net/address.ts";

/** Where a server listens. */
export interface ListenAddress {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  readonly isLoopback: boolean;
}

/**
 * Parses the value of `--listen`: `127.0.0.1:8096` or `[::1]:8096`.
 * @throws UsageError if it is not an IP address and a port.
 */
export function parseListen(text: string): ListenAddress {
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

/** Returns an address as in a URL. */
export function urlHost(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
