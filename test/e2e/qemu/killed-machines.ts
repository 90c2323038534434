import { pollUntil } from "../../../src/system/poll.ts";
import type { FabricSite } from "../fabric-site.ts";

/** Pids of a site's emulators: those that have a pid file below its /run, which is its own. */
export async function emulatorPids({ host }: FabricSite, node = "*"): Promise<readonly string[]> {
  const { stdout } = await host.shell(`cat /run/ikvswitch/nodes/${node}/run/qemu.pid 2>/dev/null || true`);
  return stdout.split("\n").filter((line) => line !== "");
}

/**
 * Kill `up` as soon as a machine of its runs.
 * @param node its name, or `*` for the first of them
 * @param words for `up`
 * @returns the machine's pid, and what `up` had said
 */
export async function killUpHalfWay(
  site: FabricSite,
  node: string,
  ...words: readonly string[]
): Promise<{ readonly pid: string; readonly stderr: string }> {
  const up = site.start(["up", ...words]);
  const pid = await pollUntil(
    { what: `the emulator of ${node}`, timeoutMs: 120_000, intervalMs: 20 },
    async () => {
      const [first] = await emulatorPids(site, node);
      return first === undefined ? { done: false, seen: "none yet" } : { done: true, value: first };
    },
  );
  up.kill("SIGKILL");
  return { pid, stderr: (await up.output).stderr };
}
