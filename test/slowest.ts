import type { Reporter, TestModule } from "vitest/node";

/** Number of lines in each list. */
const LISTED = 10;

/** The duration of one test or one file of tests. */
export interface Taken {
  readonly name: string;
  readonly ms: number;
}

/**
 * Returns the slowest entries and the total as lines: `  12.3 s  a name`. Entries that took almost no time are left
 * out.
 * @param title the subject of the list
 */
export function describeSlowest(title: string, taken: readonly Taken[], listed = LISTED): readonly string[] {
  const total = taken.reduce((sum, { ms }) => sum + ms, 0);
  const slowest = taken
    .filter(({ ms }) => ms >= 50)
    .sort((a, b) => b.ms - a.ms)
    .slice(0, listed);
  return [
    `${title}: ${taken.length}, ${seconds(total).trim()} in all; the slowest:`,
    ...slowest.map(({ name, ms }) => `${seconds(ms).padStart(10)}  ${name}`),
  ];
}

/** A reporter that prints each suite's slowest tests and files at the end of a run. */
export class SlowestTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const suites = new Set(modules.map(({ project }) => project.name));
    for (const suite of suites) {
      const own = modules.filter(({ project }) => project.name === suite);
      const lines = [
        ...describeSlowest(`${suite}, files`, own.map(takenByFile)),
        ...describeSlowest(`${suite}, tests and hooks`, own.flatMap(takenByTests)),
      ];
      process.stdout.write(`${lines.join("\n")}\n\n`);
    }
  }
}

function takenByFile(module: TestModule): Taken {
  return { name: module.relativeModuleId, ms: module.diagnostic().duration };
}

/** Returns the durations of its tests, and the rest of its time: hooks bring fabrics up and take them down. */
function takenByTests(module: TestModule): readonly Taken[] {
  const tests = [...module.children.allTests()].map((test) => ({
    name: `${module.relativeModuleId}: ${test.fullName}`,
    ms: test.diagnostic()?.duration ?? 0,
  }));
  const inTests = tests.reduce((sum, { ms }) => sum + ms, 0);
  const hooks = { name: `${module.relativeModuleId}: hooks`, ms: module.diagnostic().duration - inTests };
  return [...tests, hooks];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
