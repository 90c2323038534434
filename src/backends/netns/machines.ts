import { checkRestartRoom } from "../../nodes/check-room.ts";
import type { Machines } from "../../nodes/machines.ts";
import { powerOf } from "../../nodes/power.ts";
import type { Host } from "../../system/host.ts";
import { signalProcess } from "../../system/process-identity.ts";
import { SANDBOX_LIBRARY } from "./files.ts";
import { freezeSandbox, isSandboxFrozen, thawSandbox } from "./freeze.ts";
import { insideSandboxes } from "./inside.ts";
import { recordOf, sandboxOf, startSandbox, stopSandbox, waitUntilUnplugged } from "./power.ts";
import { sandboxPid } from "./process.ts";
import { sandboxFolder } from "./sandbox-folder.ts";

/**
 * Switches that are namespaces of this host.
 * @param vlans whether this kernel has 802.1Q.
 */
export function netnsMachines(host: Host, runDir: string, vlans: boolean): Machines {
  const folderOf = (node: string) => sandboxFolder(runDir, node);
  const stop: Machines["stop"] = async (node, { graceMs }) => {
    const outcome = await stopSandbox(host, folderOf(node), graceMs);
    await waitUntilUnplugged(host, folderOf(node));
    return outcome;
  };
  const start = (node: string) => startSandbox(host, runDir, folderOf(node));
  return {
    backend: "netns",
    patience: { atOnce: 8, timeoutMs: 25_000, programSeconds: 8 },
    library: SANDBOX_LIBRARY,
    vlans,
    ...insideSandboxes(host, runDir),
    power: async (node) => powerOf(host, await sandboxPid(host, folderOf(node))),
    assertStartable: async (node) => {
      await recordOf(host, folderOf(node));
      await checkRestartRoom(host, runDir);
    },
    start,
    stop,
    cutPower: async (node) => {
      await stop(node, { graceMs: 0 });
    },
    pressPowerButton: async (node) => {
      await signalProcess(host, await sandboxOf(host, folderOf(node)), "SIGTERM");
    },
    reset: async (node) => {
      await sandboxOf(host, folderOf(node));
      await stop(node, { graceMs: 0 });
      await start(node);
    },
    freeze: (node) => freezeSandbox(host, folderOf(node)),
    thaw: (node) => thawSandbox(host, folderOf(node)),
    isFrozen: (node) => isSandboxFrozen(host, folderOf(node)),
    // The inside's ends of veths follow the host's.
    setCarrier: async () => {},
  };
}
