/** An entry of a list that FRR orders by sequence number. */
export interface Sequenced<Value> {
  readonly seq: number;
  readonly value: Value;
}

/** Numbers entries in steps of ten, so that a user can insert a line between two. */
export function sequence<Value>(values: readonly Value[]): Sequenced<Value>[] {
  return values.map((value, index) => ({ seq: (index + 1) * 10, value }));
}
