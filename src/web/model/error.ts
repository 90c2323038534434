/** A request that is refused, with its HTTP status. */
export class Refusal extends Error {
  readonly status: number;
  readonly kind: string;
  readonly headers: Readonly<Record<string, string>>;

  /** @param kind a word for programs: `token`, `not-found`. */
  constructor(status: number, kind: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.kind = kind;
    this.headers = headers;
  }
}
