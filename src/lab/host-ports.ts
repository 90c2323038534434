import type { Settings } from "../config/settings.ts";
import { checkSshPortFree } from "../enclosure/check-ssh-port.ts";
import { startSshPort, stopSshPort, wantsSshPort } from "../enclosure/ssh-port.ts";
import { PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { checkPlugPortsFree } from "../plugs/check-ports.ts";
import { stopPlugSockets } from "../plugs/stop.ts";
import { plannedPlugs, wantsPlugs } from "../plugs/wanted.ts";
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
  await refuseSamePort(host, fabric, settings);
  await checkSshPortFree(host, settings);
}

async function refuseSamePort(host: Host, fabric: Fabric, settings: Settings): Promise<void> {
  const port = settings.internetSshPort;
  if (!wantsSshPort(settings) || !(await wantsPlugs(host, settings))) {
    return;
  }
  const plug = plannedPlugs(fabric, settings).find((one) => one.port === port);
  if (plug !== undefined) {
    throw new PreflightError([
      {
        what: `TCP port ${port} is both INTERNET_SSH_PORT and that of the socket ${plug.name}`,
        why: "each port of this host leads to one place in the fabric",
        fix: "set INTERNET_SSH_PORT below PLUG_PORT_START, or to 0",
      },
    ]);
  }
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
