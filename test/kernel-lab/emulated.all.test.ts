import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { projectPath } from "../integration/namespace.ts";
import { runInEmulatedMachine } from "./emulated-machine.ts";
import { describeInside } from "./run-inside.ts";

/** What of the integration suite does not run here, and why. Everything else does, but for exhaustive tests. */
const OUTSIDE: Readonly<Record<string, string>> = {
  bmc: "boots machines within deadlines for processors that are not emulated twice, and meets nothing of this kernel",
  console: "as bmc",
  "image-build": "builds from a Debian mirror, and there is no network",
  "net-kill": "starts and stops the host network again and again: too slow there",
  package: "packs with npm, which the machine does not have",
  qemu: "as bmc",
  setup: "installs packages, and there is no network",
};

/** What the second machine runs, so that both are done at about the same time. */
const SECOND: readonly string[] = ["faults", "net", "net-dry-run", "net-failure", "net-others", "net-repair"];

const suite = (await readdir(projectPath("test/integration")))
  .filter((file) => file.endsWith(".test.ts") && !file.endsWith(".all.test.ts"))
  .map((file) => file.slice(0, -".test.ts".length));

const integration = (...names: readonly string[]) => names.map((name) => `test/integration/${name}.test.ts`);

describe("the lists of files for the emulated lab", () => {
  it("name no file that is not there", () => {
    expect(suite).toEqual(expect.arrayContaining([...Object.keys(OUTSIDE), ...SECOND]));
  });
});

await describeInside({
  title: "in machines on Debian's own kernel",
  lab: runInEmulatedMachine,
  machines: [
    {
      inside: ["test/kernel-lab/inside/fabric.test.ts"],
      integration: integration(...suite.filter((name) => !(name in OUTSIDE) && !SECOND.includes(name))),
    },
    { integration: integration(...SECOND) },
  ],
  // Deadlines and sizes are for processors, not for emulated ones.
  environment: { NO_COLOR: "1", IKVSWITCH_TEST_PATIENCE: "6", IKVSWITCH_TEST_SIZE: "small" },
  // Emulated on a busy machine; two processors of its own take it a third of that time.
  timeoutMs: 50 * 60_000,
});
