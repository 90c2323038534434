import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CommandError } from "../../src/errors.ts";
import { buildImage } from "../../src/image/build.ts";
import { imageRecipe, recipeId } from "../../src/image/recipe.ts";
import { imageFolder, imagesFolder } from "../../src/image/store.ts";
import { localHost } from "../../src/system/local-host.ts";

const host = localHost();
const GUEST = new URL("../../guest", import.meta.url).pathname;
/** The discard port, where nothing listens: every build fails at its first download. */
const UNREACHABLE = "http://127.0.0.1:9/debian";
const RECIPE = imageRecipe(
  {
    DEBIAN_RELEASE: "trixie",
    DEBIAN_MIRROR: UNREACHABLE,
    DEBIAN_SECURITY_MIRROR: UNREACHABLE,
    EXTRA_PACKAGES: [],
  },
  "x86_64",
  "",
);
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "ikv-build-"));
});

afterEach(async () => {
  await rm(stateDir, { recursive: true });
});

async function failingBuild(): Promise<readonly string[]> {
  const notes: string[] = [];
  const build = buildImage(host, {
    recipe: RECIPE,
    stateDir,
    guest: GUEST,
    note: (text) => notes.push(text),
  });
  await expect(build).rejects.toBeInstanceOf(CommandError);
  return notes;
}

describe("building an image from a mirror that doesn't answer", () => {
  it("fails with what mmdebstrap said, tells how far it came, and leaves nothing", async () => {
    expect(await failingBuild()).toContain("running apt-get update...");
    expect(await readdir(imagesFolder(stateDir))).toEqual([]);
  });

  it("removes what a killed build left, but not what another one is working on", async () => {
    const images = imagesFolder(stateDir);
    // Above the largest pid there can be (PID_MAX_LIMIT), and our own.
    const abandoned = join(images, ".building-aaaa.4194305");
    const busy = join(images, `.building-bbbb.${process.pid}`);
    for (const folder of [abandoned, busy]) {
      await mkdir(join(folder, "root"), { recursive: true });
    }
    await failingBuild();
    expect(await readdir(images)).toEqual([`.building-bbbb.${process.pid}`]);
  });

  it("leaves a damaged image of the same recipe where it is", async () => {
    const folder = imageFolder(stateDir, recipeId(RECIPE));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "root.erofs"), "cut short");
    await failingBuild();
    expect(await readdir(folder)).toEqual(["root.erofs"]);
  });
});
