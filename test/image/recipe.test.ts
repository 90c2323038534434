import { describe, expect, it } from "vitest";
import { bootstrapCommand, compressCommand } from "../../src/image/commands.ts";
import { imageRecipe, recipeId } from "../../src/image/recipe.ts";

const SETTINGS = {
  release: "trixie",
  mirror: "http://deb.debian.org/debian",
  securityMirror: "http://security.debian.org/debian-security",
  extraPackages: [],
};
const RECIPE = imageRecipe(SETTINGS, "x86_64", "0".repeat(64));

describe("an image's recipe", () => {
  it("names the release's suites, the security one from its own mirror", () => {
    expect(RECIPE.sources).toEqual([
      "deb http://deb.debian.org/debian trixie main",
      "deb http://security.debian.org/debian-security trixie-security main",
      "deb http://deb.debian.org/debian trixie-updates main",
    ]);
  });

  it("has no updates suite for a development release", () => {
    expect(imageRecipe({ ...SETTINGS, release: "sid" }, "x86_64", "").sources).toEqual([
      "deb http://deb.debian.org/debian sid main",
    ]);
  });

  it("uses the Debian names of kernel and architecture", () => {
    const arm = imageRecipe(SETTINGS, "arm64", "");
    expect([RECIPE.kernelPackage, arm.kernelPackage]).toEqual([
      "linux-image-cloud-amd64",
      "linux-image-cloud-arm64",
    ]);
    expect(bootstrapCommand(arm, "/b", "/g").args).toContain("--architectures=arm64");
  });

  it("has the same id for the same ingredients", () => {
    expect(recipeId(imageRecipe(SETTINGS, "x86_64", "0".repeat(64)))).toBe(recipeId(RECIPE));
    expect(recipeId(RECIPE)).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ["release", imageRecipe({ ...SETTINGS, release: "bookworm" }, "x86_64", "0".repeat(64))],
    ["mirror", imageRecipe({ ...SETTINGS, mirror: "http://mirror/debian" }, "x86_64", "0".repeat(64))],
    ["extra packages", imageRecipe({ ...SETTINGS, extraPackages: ["jq"] }, "x86_64", "0".repeat(64))],
    ["architecture", imageRecipe(SETTINGS, "arm64", "0".repeat(64))],
    ["our own files", imageRecipe(SETTINGS, "x86_64", "1".repeat(64))],
  ])("has another id with another %s", (_, other) => {
    expect(recipeId(other)).not.toBe(recipeId(RECIPE));
  });
});

describe("the command that builds an image", () => {
  const command = bootstrapCommand(
    imageRecipe({ ...SETTINGS, extraPackages: ["jq"] }, "x86_64", ""),
    "/state/images/.building-1",
    "/opt/ikvswitch/guest",
  );

  it("ends all of its processes and mounts when it is killed", () => {
    expect(command.file).toBe("unshare");
    expect(command.args).toEqual(expect.arrayContaining(["--mount", "--pid", "--fork", "--kill-child"]));
  });

  it("installs extra packages in addition to the image's own", () => {
    const included = command.args.find((argument) => argument.startsWith("--include="));
    expect(included).toMatch(/=busybox-static,.*,frr,.*,jq$/);
  });

  it("runs the hooks in order, and passes folders to them in the environment, not in shell text", () => {
    expect(command.args.filter((argument) => argument.startsWith("--customize-hook="))).toEqual([
      '--customize-hook=sh "$IKV_GUEST/qemu/build/kernel" "$1"',
      '--customize-hook=sh "$IKV_GUEST/qemu/build/finish" "$1"',
      '--customize-hook=sh "$IKV_GUEST/qemu/build/initrd" "$1"',
    ]);
    expect(command.env).toMatchObject({
      IKV_OUT: "/state/images/.building-1",
      IKV_GUEST: "/opt/ikvswitch/guest",
      IKV_KERNEL: "linux-image-cloud-amd64",
    });
  });

  it("keeps all unfinished files in the folder that is deleted", () => {
    expect(command.env?.TMPDIR).toBe("/state/images/.building-1");
    expect(command.args).toContain("/state/images/.building-1/root");
    expect(compressCommand("/state/images/.building-1").args.slice(-2)).toEqual([
      "/state/images/.building-1/root.erofs",
      "/state/images/.building-1/root",
    ]);
  });
});
