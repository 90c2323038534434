import { expect, it } from "vitest";
import { limitsOf } from "../../../src/backends/incus/limits.ts";

it.each([
  [{}, { vcpus: null, memoryMiB: null }],
  [{ "limits.memory": "256MiB" }, { memoryMiB: 256 }],
  [{ "limits.memory": "1GB" }, { memoryMiB: 953 }],
  [{ "limits.memory": "1048576" }, { memoryMiB: 1 }],
  [{ "limits.memory": "50%" }, { memoryMiB: null }],
  [{ "limits.memory": "12 parsecs" }, { memoryMiB: null }],
  [{ "limits.cpu": "2" }, { vcpus: 2 }],
  [{ "limits.cpu": "0-3" }, { vcpus: 4 }],
  [{ "limits.cpu": "0,2,4-5" }, { vcpus: 4 }],
  [{ "limits.cpu": "all" }, { vcpus: null }],
])("an instance with %j may take %j", (config, limits) => {
  expect(limitsOf({ config, devices: {} })).toMatchObject(limits);
});

it("the size of an instance's root is its limit on the disk", () => {
  const root = { type: "disk", path: "/", pool: "default", size: "2GiB" };
  const usr = { type: "disk", path: "/usr", size: "9GiB" };
  expect(limitsOf({ config: {}, devices: { usr, root } }).diskMiB).toBe(2048);
  expect(limitsOf({ config: {}, devices: { usr } }).diskMiB).toBeNull();
});
