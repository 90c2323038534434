import { describe, expect, it } from "vitest";
import type { UpRequest } from "../../../../src/backends/model/backend.ts";
import { saverOfWarmFabric } from "../../../../src/backends/qemu/saved-fabric/save.ts";
import { planFabric } from "../../../../src/fabric/plan.ts";
import type { NodeOutcome } from "../../../../src/nodes/outcome.ts";
import { localHost } from "../../../../src/system/local-host.ts";
import { shippedConfig } from "../../../fabric/config.ts";

const fabric = planFabric(shippedConfig());

/** Reports whether a warm fabric would be saved. */
function isSaved(
  { warmFabricMaxMiB = 4096, keepFaults = false } = {},
  outcomes: Readonly<Record<string, NodeOutcome>> = {},
): boolean {
  const request = { settings: { warmFabricMaxMiB }, fabric, keepFaults } as UpRequest;
  const cloned = Object.fromEntries(fabric.nodes.map(({ name }) => [name, "cloned" as const]));
  return "saveConverged" in saverOfWarmFabric(localHost(), request, { outcomes: { ...cloned, ...outcomes } });
}

describe("an `up`", () => {
  it("saves a warm fabric if it has cloned all switches", () => {
    expect(isSaved()).toBe(true);
  });

  it("saves none if a switch booted, or ran before: it may have changes of the user", () => {
    for (const outcome of ["started", "kept", "updated", "restarted"] as const) {
      expect(isSaved({}, { leaf1: outcome }), outcome).toBe(false);
    }
  });

  it("saves none with faults, or if it could exceed WARM_FABRIC_MAX_MIB", () => {
    expect(isSaved({ keepFaults: true })).toBe(false);
    expect(isSaved({ warmFabricMaxMiB: 0 })).toBe(false);
    // Nine switches of 256 MiB.
    expect(isSaved({ warmFabricMaxMiB: 9 * 256 })).toBe(false);
    expect(isSaved({ warmFabricMaxMiB: 9 * (256 + 4) })).toBe(true);
  });
});
