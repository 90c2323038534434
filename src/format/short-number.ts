/** Formats a number with three significant digits, and k, M or G: `999`, `1.23k`, `45.6M`. */
export function short(value: number): string {
  // A value less than half a unit below the next step is rounded up to it: 999.6 is 1.00k.
  const step = STEPS.find(({ unit }) => value >= unit * 0.9995) ?? { unit: 1, suffix: "" };
  const scaled = value / step.unit;
  const digits = step.suffix === "" || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${scaled.toFixed(digits)}${step.suffix}`;
}

const STEPS = [
  { unit: 1e9, suffix: "G" },
  { unit: 1e6, suffix: "M" },
  { unit: 1e3, suffix: "k" },
];
