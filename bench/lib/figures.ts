import { cpus } from "node:os";

/** `2 × Intel(R) Xeon(R) Processor` */
export function machineName(): string {
  const processors = cpus();
  return `${processors.length} × ${processors[0]?.model ?? "?"}`;
}

export async function timed<T>(run: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const started = performance.now();
  const value = await run();
  return { value, ms: performance.now() - started };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Median, minimum and maximum, as text. */
export function spread(values: readonly number[], digits: number): readonly [string, string, string] {
  return [medianOf(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  ) as [string, string, string];
}

/** Returns the lower of the two middle ones, if there are two. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

/** Returns what each step of a command says that it took, in ms: `Start the switches: 9 started (0.16 s)`. */
export function stepsOf(stderr: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...stderr.matchAll(/^(.*?): .*\(([\d.]+) s\)$/gm)].map(([, title, seconds]) => [
      title,
      Number(seconds) * 1000,
    ]),
  );
}
