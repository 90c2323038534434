/** A server whose routing is known: a running VM of `ikvswitch vm`. */
export interface CheckedServer {
  readonly name: string;
  readonly rack: number;
  readonly position: number;
  /** What it announces to both of its leaves. */
  readonly address: string;
  /** Missing in a fabric that has IPv4 only. */
  readonly address6?: string;
  readonly asn: number;
}
