import { appendFile, cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { recipeId } from "../../src/image/recipe.ts";
import { currentRecipe } from "../../src/image/source.ts";
import { localHost } from "../../src/system/local-host.ts";

const host = localHost();
const GUEST = new URL("../../guest", import.meta.url).pathname;
const { config } = readConfig("", null);
let copy: string;

beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), "ikv-guest-"));
  await cp(GUEST, copy, { recursive: true });
});

afterEach(() => host.remove(copy));

const imageId = async (guest: string) =>
  recipeId(await currentRecipe(host, settingsOf(config), guest, "x86_64"));

describe("the image's id", () => {
  it("does not depend on where ikvswitch's files are", async () => {
    expect(await imageId(copy)).toBe(await imageId(GUEST));
  });

  it.each([
    "common/apply",
    "common/IkvSwitch/Frr.pm",
    "qemu/build/finish",
    "qemu/initrd/init",
    "qemu/rootfs/etc/inittab",
  ])("differs with another %s", async (path) => {
    await appendFile(join(copy, path), "# changed\n");
    expect(await imageId(copy)).not.toBe(await imageId(GUEST));
  });

  it("does not depend on files that only namespaces use", async () => {
    await appendFile(join(copy, "netns/init"), "# changed\n");
    expect(await imageId(copy)).toBe(await imageId(GUEST));
  });
});
