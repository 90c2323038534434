import { afterAll, beforeAll, expect, it } from "vitest";
import { freezeMachine, isFrozen } from "../../src/backends/qemu/faults.ts";
import { powerOn } from "../../src/backends/qemu/machine.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import { pauseAttachedVm } from "../../src/backends/qemu/snapshot/attached-vm-save.ts";
import { resumePaused, withPauseNoted } from "../../src/backends/qemu/snapshot/pause.ts";
import { pausePath } from "../../src/nodes/run-paths.ts";
import { localHost } from "../../src/system/local-host.ts";
import { bootSectorNodes, removeNodes } from "./boot-sector-machine.ts";

// A killed `snapshot save` leaves two switches and an attached VM paused.

const host = localHost();
const NAMES = ["leaf1", "leaf2", "server"];
let runDir: string;

beforeAll(async () => {
  runDir = await bootSectorNodes(host, { leaf1: "ticking", leaf2: "ticking", server: "ticking" });
  await Promise.all(NAMES.map((name) => powerOn(host, nodeFolder(runDir, name))));
});

afterAll(() => removeNodes(host, runDir));

const frozen = async () => {
  const found = await Promise.all(NAMES.map((name) => isFrozen(host, nodeFolder(runDir, name))));
  return NAMES.filter((_, index) => found[index]);
};

it("VMs that a killed save left paused are resumed, but not while a save is running", async () => {
  const db1 = { name: "db1", qmp: nodeFolder(runDir, "server").qmp };
  const saving = withPauseNoted(
    host,
    runDir,
    { nodes: ["leaf1", "leaf2"], attachedVms: [db1], remains: false },
    async () => {
      await Promise.all([freezeMachine(host, nodeFolder(runDir, "leaf1")), pauseAttachedVm(host, db1)]);
      expect(await resumePaused(host, runDir)).toEqual([]);
      expect(await frozen()).toEqual(["leaf1", "server"]);
      throw new Error("killed");
    },
  );
  await expect(saving).rejects.toThrow("killed");
  expect(await resumePaused(host, runDir)).toEqual(["leaf1", "db1"]);
  expect(await frozen()).toEqual([]);
  expect(await host.stat(pausePath(runDir))).toBeUndefined();
  expect(await resumePaused(host, runDir)).toEqual([]);
});

it("no pause file is left once all are resumed", async () => {
  expect(
    await withPauseNoted(host, runDir, { nodes: ["leaf1"], attachedVms: [], remains: false }, async () => 7),
  ).toBe(7);
  expect((await host.list(runDir)).filter((name) => name.startsWith("paused"))).toEqual([]);
});
