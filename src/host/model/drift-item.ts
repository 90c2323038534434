/** One thing that is not as planned. */
export interface DriftItem {
  readonly item: string;
  readonly expected: string;
  readonly observed: string;
}
