import type { EmulatorUser } from "../../system/confine.ts";
import type { Host } from "../../system/host.ts";

/**
 * Let the emulators through the state directory, to what is in it for them. What else it holds has folders of its own,
 * closed to them.
 */
export async function openStateFolder(host: Host, stateDir: string, user: EmulatorUser): Promise<void> {
  const ownership = ["-m", "0710", "-o", "0", "-g", String(user.gid)];
  await host.run({ file: "install", args: ["-d", ...ownership, stateDir] });
}
