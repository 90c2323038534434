import { expect, it } from "vitest";
import { memoryProblem } from "../../../src/backends/qemu/preflight.ts";
import type { Host } from "../../../src/system/host.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { smallFabric } from "../../host/network.ts";

const problemWith = (meminfo: string) => {
  const host: Host = { ...localHost(), readFile: async () => meminfo };
  return memoryProblem(host, smallFabric.nodes.slice(0, 2));
};

it("two switches fit into the memory that the kernel says is available", async () => {
  expect(await problemWith("MemTotal: 9000000 kB\nMemAvailable:  8000000 kB\n")).toEqual([]);
});

it("a host with too little memory is refused with the number of MiB", async () => {
  expect(await problemWith("MemAvailable:     102400 kB\n")).toMatchObject([
    { what: "not enough memory: 100 MiB available", fix: expect.stringContaining("SWITCH_MEMORY_MIB") },
  ]);
});

it("a host whose kernel does not say what is available is refused in words", async () => {
  expect(await problemWith("MemTotal: 9000000 kB\n")).toMatchObject([
    { what: "available memory unknown: /proc/meminfo has no MemAvailable" },
  ]);
});
