import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { logFolder, mountLogs, removeLogs } from "../../src/nodes/log-folder.ts";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";

/** Drops the right to mount, which only root has. */
const WITHOUT_RIGHT =
  process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"] : ["env"];

it("without the right to mount, logs are in the run directory's file system, and are removed with it", async () => {
  const host: Host = {
    ...localHost(),
    run: ({ file, args }, options) => {
      const [first = "", ...words] = [...WITHOUT_RIGHT, file, ...args];
      return localHost().run({ file: first, args: words }, options);
    },
  };
  const runDir = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
  try {
    expect(await mountLogs(host, runDir)).toBe(false);
    await host.writeFile(`${logFolder(runDir)}/leaf1/log`, "said\n");
    await removeLogs(host, runDir);
    expect(await host.list(runDir)).toEqual([]);
  } finally {
    await rm(runDir, { recursive: true });
  }
});
