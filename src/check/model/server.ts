/** A server whose routing is known: a running VM of `ikvswitch vm`. */
export interface CheckedServer {
  readonly name: string;
  readonly rack: number;
  readonly position: number;
  /** Number of its leaves: 1 is the left one, 2 both of its rack. */
  readonly nics: number;
  /** What it announces to its leaves. */
  readonly address: string;
  /** Missing in a fabric that has IPv4 only. */
  readonly address6?: string;
  readonly asn: number;
}
