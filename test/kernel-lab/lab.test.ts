import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { projectPath } from "../integration/namespace.ts";
import { describeInside } from "./run-inside.ts";
import { runInUserModeLinux } from "./user-mode-linux.ts";

/** The fabric has a machine of its own; the second one runs the rest, and finishes at about the same time. */
const FABRIC = "test/kernel-lab/inside/fabric.test.ts";

/** Files of the integration suite that use kinds of device which the kernel outside may lack: dummy, 802.1Q. */
const SHARED = ["test/integration/doctor.test.ts", "test/integration/net-dry-run.test.ts"];

const inside = (await readdir(projectPath("test/kernel-lab/inside")))
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `test/kernel-lab/inside/${file}`);

await describeInside({
  title: "on Debian's own kernel",
  lab: runInUserModeLinux,
  machines: [{ inside: [FABRIC] }, { inside: inside.filter((file) => file !== FABRIC), integration: SHARED }],
  // Programs take several times as long as outside, and a larger fabric proves nothing more here.
  environment: { NO_COLOR: "1", IKVSWITCH_TEST_PATIENCE: "6", IKVSWITCH_TEST_SIZE: "small" },
  // Some hosts take several times as long as others for the system calls of a kernel that is a process.
  timeoutMs: 40 * 60_000,
});

it("a lab that ends without a result fails with the console's output", async () => {
  const command = "echo here it ends >/dev/console; /sbin/poweroff -f";
  const run = runInUserModeLinux({ command, timeoutMs: 120_000, onLine: () => {} });
  await expect(run).rejects.toThrow(/no result; its console:\n.*here it ends/s);
}, 130_000);
