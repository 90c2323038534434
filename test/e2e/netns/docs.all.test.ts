import { describe, expect, it } from "vitest";
import { codeBlocks, readPage } from "../../docs/pages.ts";
import { createUserSite } from "../user-site.ts";

// The commands of the tutorial and the how-tos, as written, on a fabric of namespaces.

const PAGES = [
  "docs/tutorial.md",
  "docs/howto-ci.md",
  "docs/howto-kubernetes.md",
  "docs/howto-openstack.md",
  "docs/howto-pxe.md",
  "docs/from-containerlab.md",
];

/** Commands that cannot run here, and why. */
const NOT_RUN: readonly [RegExp, string][] = [
  [/^(kubectl|virtctl) /, "there is no cluster; the CNI plugins run in suites/fabric-pods.ts"],
  [/^virsh define /, "no libvirtd runs in this network; test/integration defines the exported domains"],
  [/ up --backend qemu$/, "emulated machines: test/e2e/qemu brings them up"],
  [
    / vm (cp|reset|logs|firmware|boot|restart|exec|rm) /,
    "needs a VM that boots: test/e2e/qemu/suites/pxe.ts",
  ],
  [/ vm create .*--start$/, "needs a VM that boots: test/e2e/qemu/suites/pxe.ts and vms.ts"],
  [/ check --only server --wait 2m$/, "asks the boot server, which is such a VM"],
  [/^ikvswitch vm (create|info) .*node1/, "needs the emulator of the machine: test/e2e/netns/vm-bmc.test.ts"],
  [/ leases( |$)/, "needs DHCP in the racks, so a kernel with 802.1Q: test/e2e/qemu/suites/servers.ts"],
];

describe("the commands of", () => {
  it.each(PAGES)(
    "%s do what they say",
    async (name) => {
      const lines = linesOf(name).filter((line) => !NOT_RUN.some(([pattern]) => pattern.test(line)));
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
    expect(PAGES.flatMap(linesOf).some((line) => pattern.test(line))).toBe(true);
  });
});

/** Returns a page's command lines. */
function linesOf(name: string): readonly string[] {
  return codeBlocks(readPage(name)).flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, " ")
      .split("\n")
      .filter((line) => line.trim() !== ""),
  );
}
