import { defineConfig } from "vitest/config";
import { Failures } from "./test/failures.ts";
import { patiently } from "./test/patience.ts";
import { enterProcessNamespace } from "./test/process-namespace.ts";
import { SlowestTests } from "./test/slowest.ts";

enterProcessNamespace(process.argv.slice(2));

/** Exhaustive tests, which only `npm run test:all` runs. */
const exhaustive = process.env.IKVSWITCH_TEST_ALL === "1" ? [] : ["test/**/*.all.test.ts"];

/**
 * `unit` boots nothing; `integration` drives the real kernel; `qemu`, `netns` and `incus` bring up whole fabrics of machines, of
 * namespaces, and of containers of a cluster; `lab` runs tests on a kernel that has everything; `package` installs Debian's package in fresh roots.
 */
export default defineConfig({
  test: {
    reporters: ["default", new SlowestTests(), new Failures()],
    projects: [
      {
        test: {
          name: "unit",
          // None takes a second by itself, but the machine may be busy.
          testTimeout: 60_000,
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/integration/**",
            "test/e2e/**",
            "test/package/**",
            "test/kernel-lab/lab.test.ts",
            "test/kernel-lab/emulated.all.test.ts",
            "test/kernel-lab/inside/**",
            ...exhaustive,
          ],
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          exclude: exhaustive,
          fileParallelism: false,
          testTimeout: patiently(120_000),
          hookTimeout: patiently(120_000),
        },
      },
      {
        test: {
          name: "qemu",
          include: ["test/e2e/qemu/**/*.test.ts"],
          exclude: exhaustive,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: "netns",
          include: ["test/e2e/netns/**/*.test.ts"],
          exclude: exhaustive,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: "incus",
          include: ["test/e2e/incus/**/*.test.ts"],
          exclude: exhaustive,
          fileParallelism: false,
          testTimeout: patiently(600_000),
          hookTimeout: patiently(1_800_000),
        },
      },
      {
        test: {
          name: "lab",
          include: ["test/kernel-lab/lab.test.ts", "test/kernel-lab/emulated.all.test.ts"],
          exclude: exhaustive,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "package",
          include: ["test/package/**/*.test.ts"],
          exclude: exhaustive,
          fileParallelism: false,
          testTimeout: patiently(1_800_000),
          hookTimeout: patiently(1_800_000),
        },
      },
      {
        // What the lab runs inside itself, where the kernel has all it takes.
        test: {
          name: "inside",
          include: ["test/kernel-lab/inside/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: patiently(60_000),
          hookTimeout: patiently(180_000),
        },
      },
      {
        // Not tests: `npm run bench:…` runs these, one at a time.
        test: {
          name: "bench",
          include: ["bench/*.ts"],
          fileParallelism: false,
        },
      },
    ],
  },
});
