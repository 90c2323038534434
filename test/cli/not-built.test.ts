import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { projectPath } from "../integration/namespace.ts";

it("a clone that is not built says how to build it", async () => {
  const clone = await mkdtemp(join(tmpdir(), "ikvswitch-clone-"));
  try {
    for (const path of ["bin", "libexec", "package.json"]) {
      await cp(projectPath(path), `${clone}/${path}`, { recursive: true });
    }
    const { exitCode, stderr } = await execa(`${clone}/bin/ikvswitch`, ["up"], { reject: false });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ikvswitch is not built\. In \S+ run 'npm start' as root, or 'npm ci/);
    expect(stderr).not.toContain("    at ");
  } finally {
    await rm(clone, { recursive: true });
  }
});
