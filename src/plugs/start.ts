import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { mountLogs } from "../nodes/log-folder.ts";
import { ensureDaemon } from "../system/daemon.ts";
import { findEmulatorUser } from "../system/emulator-user.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";
import { plugDaemon } from "./daemon.ts";
import { plugFolder, plugPaths } from "./paths.ts";
import { findPlugProcesses } from "./processes.ts";
import { plannedPlugs } from "./wanted.ts";

/**
 * Opens the sockets by which VMs attach. The host network has to exist. If they are open as wanted, nothing is done and
 * clients stay connected; otherwise clients are disconnected.
 * @returns the sockets' number and first port, in words.
 */
export async function startPlugSockets(host: Host, fabric: Fabric, settings: Settings): Promise<string> {
  const { runDir, enclosure } = settings;
  const user = await findEmulatorUser(host, settings.emulatorUser);
  const source = productPath("libexec/plug-sockets");
  const program = await host.readFile(source);
  if (program === undefined) {
    throw new Error(`${source} is missing; the installation of ikvswitch is incomplete`);
  }
  await mountLogs(host, runDir);
  const makeFolder = (owner: number, mode: string, path: string) =>
    host.run({
      file: "install",
      args: ["-d", "-m", mode, "-o", String(owner), "-g", String(user.gid), path],
    });
  // Set-group-ID: the emulator's group may read what root puts into it.
  await makeFolder(0, "2750", plugPaths(runDir).folder);
  await makeFolder(user.uid, "0750", plugFolder(settings));
  const plugs = plannedPlugs(fabric, settings);
  const running = await findPlugProcesses(host, runDir);
  const daemon = plugDaemon(plugs, { runDir, user, program, enclosed: enclosure !== null });
  await ensureDaemon(host, daemon, running, { mustRestart: false });
  return `${plugs.length} on 127.0.0.1:${settings.plugPortStart} to ${plugs.at(-1)?.port}, and in ${plugFolder(settings)}`;
}
