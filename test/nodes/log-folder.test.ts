import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { logFolder, mountLogs, removeLogs } from "../../src/nodes/log-folder.ts";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";

/** Who is not root may not mount either. */
const WITHOUT_RIGHT =
  process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"] : ["env"];

it("where root may not mount, logs are in the run directory's own file system, and go with it", async () => {
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
