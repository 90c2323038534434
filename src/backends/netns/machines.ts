import { checkRestartRoom } from "../../nodes/check-room.ts";
import type { Machines } from "../../nodes/machines.ts";
import { powerOf } from "../../nodes/power.ts";
import type { Host } from "../../system/host.ts";
import { signalProcess } from "../../system/process-identity.ts";
import { PROGRAM_FOLDER } from "../model/guest-files.ts";
import { freezeNetns, isNetnsFrozen, thawNetns } from "./freeze.ts";
import { insideNetns } from "./inside.ts";
import { netnsFolder } from "./netns-folder.ts";
import { netnsOf, recordOf, startNetns, stopNetns, waitUntilUnplugged } from "./power.ts";
import { netnsPid } from "./process.ts";

/**
 * Returns the switches as namespaces of this host.
 * @param vlans true if this kernel supports 802.1Q.
 */
export function netnsMachines(host: Host, runDir: string, vlans: boolean): Machines {
  const folderOf = (node: string) => netnsFolder(runDir, node);
  const stop: Machines["stop"] = async (node, { graceMs }) => {
    const outcome = await stopNetns(host, folderOf(node), graceMs);
    await waitUntilUnplugged(host, folderOf(node));
    return outcome;
  };
  const start = (node: string) => startNetns(host, runDir, folderOf(node));
  return {
    backend: "netns",
    patience: { atOnce: 8, timeoutMs: 25_000, programSeconds: 8 },
    library: PROGRAM_FOLDER,
    vlans,
    ...insideNetns(host, runDir),
    power: async (node) => powerOf(host, await netnsPid(host, folderOf(node))),
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
      await signalProcess(host, await netnsOf(host, folderOf(node)), "SIGTERM");
    },
    reset: async (node) => {
      await netnsOf(host, folderOf(node));
      await stop(node, { graceMs: 0 });
      await start(node);
    },
    freeze: (node) => freezeNetns(host, folderOf(node)),
    thaw: (node) => thawNetns(host, folderOf(node)),
    isFrozen: (node) => isNetnsFrozen(host, folderOf(node)),
    // The inner ends of veth pairs follow the carrier of the host's ends.
    setCarrier: async () => {},
  };
}
