import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { writeManifest } from "../../../../src/backends/qemu/warm-base/store.ts";
import { localHost } from "../../../../src/system/local-host.ts";
import { captureState, type HostState } from "../../../integration/host-state.ts";
import { pathFromOutside } from "../../fabric-site.ts";
import { emulatorPids, killUpHalfWay } from "../killed-machines.ts";
import type { SharedFabric } from "../shared-fabric.ts";
import { warmBaseOf } from "../warm-bases.ts";
import type { UpReport } from "./clones.ts";

const TIMEOUT_MS = 10 * 60_000;

/**
 * Tests of unusable warm bases and of killed starts. They take the fabric down, so they come last.
 * @param before the host before the first `up`
 */
export function startTests({ site, fabric }: SharedFabric, before: () => HostState): void {
  const names = fabric.nodes.map(({ name }) => name);

  const expectNothingLeft = async () => {
    await site().ikvswitch(["down"]);
    expect(await captureState(site().host)).toEqual(before());
    expect((await site().host.run("ls", ["-A", "/run"])).stdout).not.toContain("ikvswitch");
  };

  const routing = () => site().inside("leaf1", "vtysh", "-c", "show running-config");
  let routingOfClone: string;
  let leafWarmBase: string;

  describe("a warm base", () => {
    it(
      "that can't be cloned makes the switch boot instead, with a message that gives the reason",
      async () => {
        // Only leaf2: the other switches may run from a snapshot.
        const { leaf2 } = await site().pids();
        leafWarmBase = await warmBaseOf(site(), "leaf2");
        await site().host.run("kill", ["-KILL", `${leaf2}`]);
        const folder = pathFromOutside(site(), leafWarmBase);
        const host = localHost();
        const manifest = JSON.parse((await host.readFile(`${folder}/manifest.json`)) ?? "");
        const state = (await host.readBytes(`${folder}/state`)) ?? new Uint8Array();
        // The manifest matches a state that no QEMU can load.
        await execa("dd", [`of=${folder}/state`, "bs=64k", "count=1", "conv=notrunc", "if=/dev/urandom"]);
        await writeManifest(host, folder, manifest);
        const { stdout, stderr } = await site().ikvswitch(["--json", "up"]);
        expect(stderr).toMatch(/leaf2 could not be cloned, booting instead: /);
        expect((JSON.parse(stdout) as UpReport).outcomes?.leaf2).toBe("started");
        await execa("dd", [`of=${folder}/state`, "conv=notrunc"], { input: state });
        await writeManifest(host, folder, manifest);
      },
      TIMEOUT_MS,
    );

    it(
      "is rebuilt if it is damaged, and stays intact if `up` is killed while it clones",
      async () => {
        await expectNothingLeft();
        await site().host.shell(`printf x | dd of=${leafWarmBase}/memory bs=1 seek=70000000 conv=notrunc`);
        // leaf1 is cloned only after its warm base has been rebuilt.
        const killed = await killUpHalfWay(site(), "leaf1");
        expect(killed.stderr).toMatch(
          /warm base of leaf1.* is damaged \(memory is corrupt: its checksum differs\)/,
        );
        const again = await site().ikvswitch(["--json", "up"]);
        expect(again.stderr).not.toContain("damaged");
        const { outcomes, asPlanned } = JSON.parse(again.stdout) as UpReport;
        expect(outcomes?.leaf1).toBe("cloned");
        expect(asPlanned).toBe(true);
        expect(await warmBaseOf(site(), "leaf1")).toBe(leafWarmBase);
        routingOfClone = await routing();
      },
      TIMEOUT_MS,
    );

    it(
      "is all that is left if `up` is killed while it clones, and the fabric is taken down",
      async () => {
        await site().ikvswitch(["down"]);
        await killUpHalfWay(site(), "*");
        await expectNothingLeft();
      },
      TIMEOUT_MS,
    );
  });

  describe("a fabric that boots", () => {
    it(
      "is completed by a second `up` if the first one is killed half-way, and keeps the VMs of the first",
      async () => {
        const { pid } = await killUpHalfWay(site(), "*", "--cold");
        // Switches that boot on a busy host may lose a session for a moment: `check` below waits for it.
        const { outcomes } = (await site().json(["up", "--cold"])) as UpReport;
        expect(Object.keys(outcomes ?? {}).sort()).toEqual([...names].sort());
        expect(Object.values(outcomes ?? {})).toContain("started");
        expect(await emulatorPids(site())).toHaveLength(names.length);
        expect(await emulatorPids(site())).toContain(pid);
        expect(await routing()).toBe(routingOfClone);
        const { summary } = (await site().json(["check", "--wait", "60s"])) as {
          summary: readonly { different: number }[];
        };
        expect(summary.every(({ different }) => different === 0)).toBe(true);
      },
      TIMEOUT_MS,
    );

    it("leaves nothing behind", () => expectNothingLeft(), TIMEOUT_MS);
  });
}
