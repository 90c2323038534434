import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { installationFix, installationOf } from "../../src/system/installation.ts";

it("tells a clone, Debian's package and an installation by npm apart", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-installation-"));
  expect(installationOf()).toBe("clone");
  expect(installationOf("/usr/share/ikvswitch/")).toBe("debian");
  expect(installationOf(`${folder}/`)).toBe("npm");
  await rm(folder, { recursive: true });
});

it("names a script of the clone in a clone only", () => {
  expect(installationFix("frr", "netns", "clone")).toBe(
    "scripts/setup --backend netns, or apt install --no-install-recommends frr",
  );
  for (const installation of ["debian", "npm"] as const) {
    expect(installationFix("frr", "netns", installation)).toBe("apt install --no-install-recommends frr");
  }
});
