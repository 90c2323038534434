import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BACKENDS } from "../../src/backends/index.ts";
import { netnsFolder } from "../../src/backends/netns/netns-folder.ts";
import { writeRecord } from "../../src/backends/netns/record-file.ts";
import { fabricMachines, placeOf } from "../../src/cli/place.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { UsageError } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";
import { shippedConfig } from "../fabric/config.ts";

const host = localHost();
let runDir: string;

beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), "ikvswitch-place-"));
});

afterEach(() => host.remove(runDir));

function contextOf(backend: string) {
  return { host, settings: settingsOf(shippedConfig({ BACKEND: backend, RUN_DIR: runDir })) };
}

/** Leaves what a stopped namespace leaves. */
function leaveRecord(): Promise<void> {
  return writeRecord(host, netnsFolder(runDir, "leaf1"), {
    version: 2,
    node: "leaf1",
    network: "4026531840",
    ports: [],
    program: "aa",
    vlans: false,
    user: 1_768_620_032,
    limits: { memoryMiB: 256, vcpus: 1, tasks: 1024 },
    library: "/opt",
    cgroups: [],
  });
}

it("the place of a fabric is its run directory, its backend, and all backends", () => {
  expect(placeOf(contextOf("netns"))).toEqual({ runDir, configured: "netns", backends: BACKENDS });
});

it.each(["netns", "qemu"])(
  "switches that were never up are of the configured backend: %s",
  async (backend) => {
    expect((await fabricMachines(contextOf(backend))).backend).toBe(backend);
  },
);

it("switches that were up are of their own backend, and on their own kernel, whatever is configured", async () => {
  await leaveRecord();
  expect(await fabricMachines(contextOf("qemu"))).toMatchObject({ backend: "netns", vlans: false });
});

it("a backend that does not exist is refused, with the names of those that do", async () => {
  const finding = fabricMachines(contextOf("docker"));
  await expect(finding).rejects.toThrow(UsageError);
  await expect(finding).rejects.toThrow("unknown backend: docker (choose from qemu, netns, incus)");
});
