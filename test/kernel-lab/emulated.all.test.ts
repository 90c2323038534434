import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { projectPath } from "../integration/namespace.ts";
import { runInEmulatedMachine } from "./emulated-machine.ts";
import { describeInside } from "./run-inside.ts";

/** Files of the integration suite that do not run here, and why. All others do, except exhaustive tests. */
const OUTSIDE: Readonly<Record<string, string>> = {
  bmc: "boots machines within deadlines for processors that are not emulated twice, and meets nothing of this kernel",
  console: "as bmc",
  "export-yaml": "needs python3-yaml, which the machine does not have, and meets nothing of this kernel",
  "image-build": "builds from a Debian mirror, and there is no network",
  libvirt: "needs libvirt, which the machine does not have",
  "net-kill": "starts and stops the host network again and again: too slow there",
  package: "packs with npm, which the machine does not have",
  qemu: "as bmc",
  setup: "installs packages, and there is no network",
  "vm-disks": "makes disks with qemu-img, which the machine does not have, and meets nothing of this kernel",
};

/** Files that the second machine runs, so that both finish at about the same time. */
const SECOND: readonly string[] = ["faults", "net", "net-dry-run", "net-failure", "net-others", "net-repair"];

const suite = (await readdir(projectPath("test/integration")))
  .filter((file) => file.endsWith(".test.ts") && !file.endsWith(".all.test.ts"))
  .map((file) => file.slice(0, -".test.ts".length));

const integration = (...names: readonly string[]) => names.map((name) => `test/integration/${name}.test.ts`);

describe("the lists of files for the emulated lab", () => {
  it("name only existing files", () => {
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
  // Longer deadlines and a smaller size, since the defaults assume processors that are not emulated.
  environment: { NO_COLOR: "1", IKVSWITCH_TEST_PATIENCE: "6", IKVSWITCH_TEST_SIZE: "small" },
  // For emulation on a busy machine; with two idle processors it takes a third of that time.
  timeoutMs: 50 * 60_000,
});
