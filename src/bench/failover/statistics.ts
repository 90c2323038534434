export interface Statistics {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Returns nearest-rank percentiles: each is one of the values. Null without values. */
export function statistics(values: readonly number[]): Statistics | null {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
  const [p50, p95, max] = [at(50), at(95), at(100)];
  return p50 === undefined || p95 === undefined || max === undefined ? null : { p50, p95, max };
}
