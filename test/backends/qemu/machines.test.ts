import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { qemuMachines } from "../../../src/backends/qemu/machines.ts";
import { localHost } from "../../../src/system/local-host.ts";

const host = localHost();
let runDir: string;

beforeEach(async () => {
  runDir = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
});

afterEach(() => host.remove(runDir));

it("a program or a file of a switch that is off is refused with the switch's name and how to start it", async () => {
  const machines = qemuMachines(host, runDir);
  const off = /^guest agent of leaf3\n {2}failed\n {2}leaf3 is off; 'ikvswitch node start leaf3' starts it$/;
  await expect(machines.exec("leaf3", { file: "true", args: [] }, { timeoutMs: 1000 })).rejects.toThrow(off);
  await expect(machines.pull("leaf3", "/etc/hostname")).rejects.toThrow(off);
  await expect(machines.push("leaf3", "/root/x", Uint8Array.of(1))).rejects.toThrow(off);
  expect(await machines.answers("leaf3")).toBe(false);
});
