import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { createFabricSite, type FabricSite, STATE_DIR } from "../fabric-site.ts";

// Commands of `ikvswitch vm` that are killed at moments all over their time.

const SETTINGS = ["BACKEND=netns", "NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=4"];
const MOMENTS = 12;
const TIMEOUT_MS = 240_000;

let site: FabricSite;
let before: HostState;

beforeAll(async () => {
  site = await createFabricSite(SETTINGS);
  before = await captureState(site.host);
  await site.ikvswitch(["net", "start"]);
}, TIMEOUT_MS);

afterAll(() => site.close(), TIMEOUT_MS);

const vm = (...words: readonly string[]) => site.ikvswitch(["vm", ...words]);

/** Measures a command, and then kills it at moments all over that time, after a preparation and before a repair. */
async function killEverywhere(
  words: readonly string[],
  prepare: () => Promise<unknown>,
  repair: () => Promise<unknown>,
): Promise<void> {
  await prepare();
  const begin = performance.now();
  await vm(...words);
  const wholeMs = performance.now() - begin;
  await repair();
  for (let moment = 1; moment <= MOMENTS; moment++) {
    await prepare();
    const started = site.start(["vm", ...words]);
    await pause((wholeMs * moment) / MOMENTS);
    started.kill("SIGKILL");
    await started.output;
    await repair();
  }
}

/** Deletes the VM, if there is one, and proves that nothing of it is left. */
async function removeAll(): Promise<void> {
  const { vms } = (await site.json(["vm", "ls"])) as { readonly vms: readonly { readonly name: string }[] };
  if (vms.length > 0) {
    await vm("rm", "--force", ...vms.map(({ name }) => name));
  }
  expect(await site.json(["vm", "ls"])).toMatchObject({ vms: [] });
  // This removes what a killed command has left.
  await vm("create", "-t", "empty", "other");
  await vm("rm", "other");
  expect((await site.host.run("pgrep", ["-f", "guest=pxe1"], { exitCodes: [1] })).stdout).toBe("");
  expect((await site.host.run("ls", ["-A", `${STATE_DIR}/vms`])).stdout).toBe("");
}

const nothing = async () => {};
const create = () => vm("create", "-t", "empty", "pxe1", "--start");

describe("a command that is killed", () => {
  it.each([
    ["create", ["create", "-t", "empty", "pxe1", "--start"], nothing],
    ["stop", ["stop", "--force", "pxe1"], create],
    ["reset", ["reset", "pxe1"], create],
    ["rm", ["rm", "--force", "pxe1"], create],
  ] as const)(
    "%s: the VM can be deleted, and leaves nothing",
    (_, words, prepare) => killEverywhere(words, prepare, removeAll),
    TIMEOUT_MS,
  );

  it(
    "start: is completed by the next one",
    async () => {
      await vm("create", "-t", "empty", "pxe1");
      const start = async () => {
        await vm("start", "pxe1");
        expect(await site.json(["vm", "info", "pxe1"])).toMatchObject({ state: "running" });
      };
      const stop = () => vm("stop", "--force", "pxe1");
      await killEverywhere(["start", "pxe1"], nothing, () => start().then(stop));
      await vm("rm", "pxe1");
    },
    TIMEOUT_MS,
  );

  it("leaves a host as it was, after `down`", async () => {
    await site.ikvswitch(["down"]);
    expect(await captureState(site.host)).toEqual(before);
  });
});
