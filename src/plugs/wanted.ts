import type { Settings } from "../config/settings.ts";
import { type PlugSocket, planPlugSockets } from "../fabric/plug-sockets.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { plugFolder } from "./paths.ts";

/** Returns the sockets of the plan, whether or not they are opened. */
export function plannedPlugs(fabric: Fabric, settings: Settings): readonly PlugSocket[] {
  return planPlugSockets(fabric, {
    portStart: settings.plugPortStart,
    folder: plugFolder(settings),
  });
}

/** Reports whether the sockets are to be opened. */
export async function wantsPlugs(host: Host, { plugSockets }: Settings): Promise<boolean> {
  return plugSockets === "yes" || (plugSockets === "auto" && !(await isHostsRoot(host)));
}

/** Of the first user namespace: all user ids are the same inside and outside (user_namespaces(7)). */
const ALL_USERS = /^\s*0\s+0\s+4294967295\s*$/;

async function isHostsRoot(host: Host): Promise<boolean> {
  const [map, status] = await Promise.all([
    host.readFile("/proc/self/uid_map"),
    host.readFile("/proc/self/status"),
  ]);
  return ALL_USERS.test(map ?? "") && /^Uid:\s+\d+\s+0\s/m.test(status ?? "");
}
