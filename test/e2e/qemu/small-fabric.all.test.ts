import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFabric } from "../../../src/fabric/plan.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { buildImage, createFabricSite, type FabricSite } from "../fabric-site.ts";
import { shippedConfig } from "../shipped-config.ts";
import { killUpHalfWay } from "./killed-machines.ts";
import { expectPlannedPorts } from "./planned-ports.ts";
import type { UpReport } from "./suites/clones.ts";

//   host ── internet ── spine1 ── leaf1, leaf2 ── 46 server ports each
//
// The smallest fabric, with the largest rack: three times as many ports as a PCI bus has slots. Its switches boot.

const SETS = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=48", "BOOT=cold"];
const fabric = planFabric(shippedConfig(SETS));
const UP_TIMEOUT_MS = 10 * 60_000;

let site: FabricSite;
let before: HostState;

beforeAll(async () => {
  await buildImage();
  site = await createFabricSite(SETS);
  before = await captureState(site.host);
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

describe("a fabric of one rack with 48 positions", () => {
  it(
    "leaves nothing when `up` is killed half-way and then taken down",
    async () => {
      await killUpHalfWay(site, "*");
      await site.ikvswitch(["down"]);
      expect(await captureState(site.host)).toEqual(before);
      expect((await site.host.run("ls", ["-A", "/run"])).stdout).not.toContain("ikvswitch");
    },
    UP_TIMEOUT_MS,
  );

  it(
    "boots as planned",
    async () => {
      const { outcomes, asPlanned } = (await site.json(["up"])) as UpReport;
      expect(outcomes).toEqual(Object.fromEntries(fabric.nodes.map(({ name }) => [name, "started"])));
      expect(asPlanned).toBe(true);
      await site.ikvswitch(["check", "--wait", "60s"]);
    },
    UP_TIMEOUT_MS,
  );

  it("has every port of every switch under its planned name, MAC and MTU", () =>
    expectPlannedPorts(site, fabric));

  it(
    "ends `exec` in a switch whose kernel has panicked, and gets it back by `up`",
    async () => {
      const crash = "(sleep 2; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 & exec sleep 3600";
      const { stderr } = await site.ikvswitch(["exec", "leaf2", "sh", "-c", crash], [1]);
      expect(stderr).toContain("result unknown: the VM has not answered for 2 minutes");
      const { outcomes } = (await site.json(["up"])) as UpReport;
      expect(outcomes?.leaf2).toBe("restarted");
    },
    UP_TIMEOUT_MS,
  );
});
