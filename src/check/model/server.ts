/** A server whose routing is known: a running VM of `ikvswitch vm`. */
export interface CheckedServer {
  readonly name: string;
  readonly rack: number;
  readonly position: number;
  /** What it announces to both of its leaves. */
  readonly address: string;
  readonly asn: number;
}
