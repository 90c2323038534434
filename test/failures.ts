import { appendFileSync } from "node:fs";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Environment variable: the file to which failures are appended, so that they can be shown after all suites. */
const FAILURES_FILE = "IKVSWITCH_TEST_FAILURES";
const MESSAGE_LINES = 12;

/** A reporter that appends each failed test, and each failed file or hook, to the file in FAILURES_FILE. */
export class Failures implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = process.env[FAILURES_FILE];
    if (file === undefined) {
      return;
    }
    const failures = [
      ...modules.flatMap(failuresOf),
      ...errors.map((error) => failure("outside tests", [error])),
    ];
    appendFileSync(file, failures.join(""));
  }
}

function failuresOf(module: TestModule): readonly string[] {
  const groups = [module, ...module.children.allSuites()];
  const ofGroups = groups.flatMap((group) => {
    const errors = group.errors();
    const name = group.type === "module" ? "the file or its hooks" : group.fullName;
    return errors.length === 0 ? [] : [failure(`${module.relativeModuleId}: ${name}`, errors)];
  });
  const ofTests = [...module.children.allTests("failed")].map((test) =>
    failure(`${module.relativeModuleId}: ${test.fullName}`, test.result().errors ?? []),
  );
  return [...ofGroups, ...ofTests].map((text) => `${module.project.name} ${text}`);
}

function failure(name: string, errors: readonly { readonly message: string }[]): string {
  const lines = errors.flatMap(({ message }) => message.split("\n").slice(0, MESSAGE_LINES));
  return `${name}\n${lines.map((line) => `    ${line}\n`).join("")}`;
}
