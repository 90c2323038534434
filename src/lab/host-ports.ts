import type { Settings } from "../config/settings.ts";
import { checkSshPortFree } from "../enclosure/check-ssh-port.ts";
import { startSshPort, stopSshPort, wantsSshPort } from "../enclosure/ssh-port.ts";
import type { Fabric } from "../fabric/types.ts";
import { checkPlugPortsFree } from "../plugs/check-ports.ts";
import { stopPlugSockets } from "../plugs/stop.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";
import { openPlugSockets } from "./plug-sockets.ts";

interface Request {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly progress: Progress;
}

/**
 * Checks that the TCP ports that lead into the fabric can be opened.
 * @throws PreflightError that names those that can't.
 */
export async function checkHostPortsFree(host: Host, fabric: Fabric, settings: Settings): Promise<void> {
  await checkPlugPortsFree(host, fabric, settings);
  await checkSshPortFree(host, settings);
}

/** Opens these ports, and closes those that are no longer wanted. This follows the set-up of the host network. */
export async function openHostPorts(host: Host, request: Request): Promise<void> {
  const { settings, fabric, progress } = request;
  await openPlugSockets(host, request);
  if (!wantsSshPort(settings)) {
    await stopSshPort(host, settings);
    return;
  }
  await progress.step(
    "Open a port for SSH to internet",
    () => startSshPort(host, fabric, settings),
    () => `127.0.0.1:${settings.internetSshPort}`,
  );
}

/** Closes all of them. Does nothing if there are none. */
export async function closeHostPorts(host: Host, settings: Settings): Promise<void> {
  await stopPlugSockets(host, settings);
  await stopSshPort(host, settings);
}
