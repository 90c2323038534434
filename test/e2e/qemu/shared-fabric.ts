import { beforeAll, describe, expect, it } from "vitest";
import type { Fabric } from "../../../src/fabric/types.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import { compareFootprints, type Footprint } from "../../soak/footprint.ts";
import { observeFootprint } from "../../soak/observe.ts";
import { type FabricSite, STATE_DIR } from "../fabric-site.ts";

/** A running fabric, shared by several suites one after the other. */
export interface SharedFabric {
  readonly site: () => FabricSite;
  readonly fabric: Fabric;
  /** `KEY=VALUE` settings of its `up`. */
  readonly sets: readonly string[];
}

const SETTLE_TIMEOUT_MS = 60_000;
/** Exists once a VM was started again. */
const OLD_CONSOLE = /\/console\.log\.1$/;

/** Declares a suite on a shared fabric. Its last test proves that the suite leaves everything unchanged. */
export function sharedSuite(title: string, { site }: SharedFabric, tests: () => void): void {
  describe(title, () => {
    let found: Footprint;

    beforeAll(async () => {
      found = await observe(site());
    });

    tests();

    it("leaves the fabric as planned, and the host unchanged", async () => {
      await site().ikvswitch(["check", "--wait", "90s"]);
      await pollUntil(
        { what: "the host as it was", timeoutMs: SETTLE_TIMEOUT_MS, intervalMs: 500 },
        async () => {
          const differences = compareFootprints(found, await observe(site()));
          return differences.length === 0
            ? { done: true, value: undefined }
            : { done: false, seen: differences.join("\n") };
        },
      );
      expect((await site().ikvswitch(["status"])).stdout).not.toContain("fault");
    });
  });
}

async function observe({ host }: FabricSite): Promise<Footprint> {
  const footprint = await observeFootprint(host);
  const { stdout } = await host.shell(
    `find ${STATE_DIR} -path ${STATE_DIR}/images -prune -o ! -type d -print`,
  );
  const kept = stdout.split("\n").filter((line) => line !== "");
  const files = (footprint.file ?? []).filter((path) => !OLD_CONSOLE.test(path));
  return { ...footprint, file: files, kept };
}
