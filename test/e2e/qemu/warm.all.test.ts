import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildImage, createFabricSite, type FabricSite } from "../fabric-site.ts";
import type { UpReport } from "./suites/clones.ts";
import { listWarmBases, ownWarmBases } from "./warm-bases.ts";

//   host ── internet ── spine1 ── leaf1, leaf2 ── 3 server ports each

const SETS = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=5", "SWITCH_MEMORY_MIB=192", "BOOT=auto"];
const UP_TIMEOUT_MS = 10 * 60_000;

let site: FabricSite;

beforeAll(async () => {
  await buildImage();
  site = await createFabricSite(SETS);
  await ownWarmBases(site);
  await site.ikvswitch(["up"]);
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

describe("a warm base", () => {
  it(
    "is made for a switch with another memory size, and can be removed alone",
    async () => {
      const others = (await listWarmBases(site)).map(({ key }) => key);
      const memory = ["--set", "SWITCH_MEMORY_MIB=192,internet=176"];
      const changed = (await site.json(["up", ...memory])) as UpReport;
      expect(changed.outcomes).toEqual({
        internet: "cloned",
        spine1: "kept",
        leaf1: "kept",
        leaf2: "kept",
      });
      const made = (await listWarmBases(site)).map(({ key }) => key).filter((key) => !others.includes(key));
      expect(made).toHaveLength(1);
      await site.ikvswitch(["image", "rm", ...made]);
      expect((await listWarmBases(site)).map(({ key }) => key)).not.toContain(made[0]);
    },
    UP_TIMEOUT_MS,
  );
});
