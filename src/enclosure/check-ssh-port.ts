import type { Settings } from "../config/settings.ts";
import { PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { blockedHostPorts } from "./host-ports.ts";
import { openSshPort, wantsSshPort } from "./ssh-port.ts";

/**
 * Checks that the port of INTERNET_SSH_PORT can be opened, if it is to be.
 * @throws PreflightError if it can't.
 */
export async function checkSshPortFree(host: Host, settings: Settings): Promise<void> {
  const { internetSshPort: port, runDir } = settings;
  if (!wantsSshPort(settings) || (await openSshPort(host, runDir)) === port) {
    return;
  }
  const [blocked] = await blockedHostPorts(host, [port]);
  if (blocked !== undefined) {
    throw new PreflightError([
      {
        what: `TCP port ${port} of this host's 127.0.0.1 can't be opened: ${blocked.reason}`,
        why: "it leads to the SSH server of the internet router; another fabric or program may have it",
        fix: "set INTERNET_SSH_PORT to another value, or to 0",
      },
    ]);
  }
}
