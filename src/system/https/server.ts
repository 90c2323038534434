/** A server of HTTPS that is known by its certificate, whatever its name and address. */
export interface PinnedServer {
  /** Any of these serves; the first is preferred. */
  readonly addresses: readonly ServerAddress[];
  /** SHA-256 of its certificate: 64 lower-case hexadecimal digits. */
  readonly fingerprint: string;
  /** What it knows us by; absent: nothing. */
  readonly identity?: ClientIdentity;
}

export interface ServerAddress {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Our key and certificate, as PEM texts. */
export interface ClientIdentity {
  readonly key: string;
  readonly certificate: string;
}

/** Formats as in a URL: `10.0.0.1:8443`, `[2001:db8::1]:8443`. */
export function formatServerAddress({ host, port }: ServerAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
