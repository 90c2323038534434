import { describe, expect, it } from "vitest";
import { PreflightError } from "../../src/errors.ts";
import { checkFit, type HostUse } from "../../src/vms/host-use.ts";
import type { VmRecord } from "../../src/vms/record.ts";
import { profile } from "./profile.ts";

function vm(name: string, memoryMiB: number): VmRecord {
  const place = { rack: 1, position: 3, announced: null, wanted: false, boot: null, cd: null } as const;
  return { version: 1, name, ...place, profile: profile({ memoryMiB }) };
}

const use: HostUse = {
  ...{ processors: 2, load: 0, memoryMiB: 4096, availableMiB: 1000 },
  disk: { sizeMiB: 0, usedMiB: 0, freeMiB: 0 },
  vms: {
    ...{ running: ["db1"], vcpus: 1, memoryMiB: 600, residentMiB: 200 },
    ...{ diskMiB: 0, usedDiskMiB: 0 },
  },
};

describe("VMs that are about to start", () => {
  it("fit into the memory that is available and not promised to running VMs", () => {
    expect(() => checkFit(use, [vm("a", 300), vm("b", 300)])).not.toThrow();
  });

  it("are refused beyond it, with what is needed and what there is", () => {
    expect(() => checkFit(use, [vm("a", 301), vm("b", 300)])).toThrow(
      new PreflightError([
        {
          what: "not enough memory: 1000 MiB available, of which running VMs may still take 400 MiB",
          why: "a, b need 601 MiB",
          fix: "stop other VMs, make smaller ones, or add --overcommit",
        },
      ]),
    );
  });

  it("don't count if they run already", () => {
    expect(() => checkFit(use, [vm("db1", 5000)])).not.toThrow();
  });
});
