import { pollUntil } from "../../../src/system/poll.ts";
import type { FabricSite } from "../fabric-site.ts";

/** Returns the pids of a site's emulators, from the pid files below the site's own /run. */
export async function emulatorPids({ host }: FabricSite, node = "*"): Promise<readonly string[]> {
  const { stdout } = await host.shell(`cat /run/ikvswitch/nodes/${node}/run/qemu.pid 2>/dev/null || true`);
  return stdout.split("\n").filter((line) => line !== "");
}

/**
 * Kills `up` as soon as one of its VMs runs.
 * @param node the switch's name, or `*` for the first one
 * @param words for `up`
 * @returns the emulator's pid, and the stderr of `up`
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
