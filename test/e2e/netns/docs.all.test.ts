import { describe, expect, it } from "vitest";
import { commandLines } from "../../docs/pages.ts";
import { createUserSite } from "../user-site.ts";

// The commands of the tutorial and the how-tos, as written, on a fabric of namespaces. What needs DHCP has its own test:
// test/e2e/qemu/docs.all.test.ts.

const PAGES = [
  "docs/tutorial.md",
  "docs/howto-ci.md",
  "docs/howto-kubernetes.md",
  "docs/howto-openstack.md",
  "docs/from-containerlab.md",
];

/** Commands that cannot run here, with their page, and why. */
const NOT_RUN: readonly [RegExp, string][] = [
  [/: (kubectl|virtctl) /, "there is no cluster; the CNI plugins run in suites/fabric-pods.ts"],
  [/: virsh define /, "no libvirtd runs in this network; test/integration defines the exported domains"],
];

describe("the commands of", () => {
  it.each(PAGES)(
    "%s do what they say",
    async (name) => {
      const lines = commandLines(name).filter(
        (line) => !NOT_RUN.some(([pattern]) => pattern.test(`${name}: ${line}`)),
      );
      expect(lines.length).toBeGreaterThan(0);
      const site = await createUserSite();
      try {
        await site.type(lines);
        // Each page takes down what it brought up.
        expect(await site.leftovers()).not.toContain("ikvswitch-sandbox");
      } finally {
        await site.close();
      }
    },
    300_000,
  );

  it.each(NOT_RUN)("the docs have some that match %s, which are not run: %s", (pattern) => {
    expect(PAGES.some((name) => commandLines(name).some((line) => pattern.test(`${name}: ${line}`)))).toBe(
      true,
    );
  });
});
