import { UsageError } from "../errors.ts";
import { Address } from "../net/address.ts";

export interface ListenAddress {
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** Parses `127.0.0.1:9465` or `[::1]:9465`. @throws UsageError naming the option */
export function parseListen(option: string, text: string): ListenAddress {
  const [, address = "", digits = ""] = /^\[?([^[\]]+)\]?:(\d{1,5})$/.exec(text) ?? [];
  const parsed = Address.parse(address);
  const isBracketed = text.startsWith("[");
  const port = Number(digits);
  if (parsed === null || isBracketed !== (parsed.family === 6) || port > 65_535) {
    throw new UsageError(`invalid value of ${option}: "${text}" (examples: 127.0.0.1:9465, [::1]:9465)`);
  }
  return { address: String(parsed), port };
}

/** Returns it as in a URL. */
export function formatListen({ address, port }: ListenAddress): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
