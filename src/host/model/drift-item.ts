/** One difference from the plan. */
export interface DriftItem {
  readonly item: string;
  readonly expected: string;
  readonly observed: string;
}
