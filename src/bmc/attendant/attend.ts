import type { Host } from "../../system/host.ts";
import { openChassis } from "./chassis.ts";
import type { AttendantConfig } from "./config.ts";
import { openConsole } from "./console.ts";
import { openFront } from "./front.ts";

/**
 * Attend to the simulators for as long as we live: pass their clients' datagrams to them, and do to the machines
 * what they ask for. One process serves all, so that each power command does not cost the start of one.
 *
 * We start as root, which may read our program wherever it is installed and listen on UDP 623; become the
 * emulator's user; and only then hear what anybody says.
 * @throws where a socket or FIFO can't be had.
 */
export async function attend(host: Host, config: AttendantConfig): Promise<void> {
  // Wherever we were started is nobody's business, and may be no place for the emulator's user.
  process.chdir("/");
  const fronts = await Promise.all(config.bmcs.map((bmc) => openFront(bmc)));
  const { uid } = config.user;
  const consoles = await Promise.all(config.bmcs.map((bmc) => openConsole(host, bmc, uid)));
  const chassis = config.bmcs.map((bmc) => openChassis(host, config.runDir, bmc));
  becomeUser(config.user);
  for (const serve of [...fronts, ...consoles, ...chassis]) {
    serve();
  }
}

/** All capabilities of root's go with its user id (capabilities(7)), and setpriv saw to it that none comes back. */
function becomeUser(user: AttendantConfig["user"]): void {
  process.setgroups?.([...user.groups]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
  if (process.getuid?.() !== user.uid || process.geteuid?.() !== user.uid) {
    throw new Error(`still user ${process.getuid?.()}, not ${user.uid}`);
  }
}
