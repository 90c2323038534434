import { foldersAbove } from "../config/fabric-name.ts";
import type { EmulatorUser } from "../system/confine.ts";
import type { Host } from "../system/host.ts";

/**
 * Lets the emulators traverse the state directory to reach their own files in it. All other data is in folders that are
 * closed to them.
 */
export async function openStateFolder(host: Host, stateDir: string, user: EmulatorUser): Promise<void> {
  const ownership = ["-m", "0710", "-o", "0", "-g", String(user.gid)];
  await host.run({ file: "install", args: ["-d", ...ownership, ...foldersAbove(stateDir), stateDir] });
}
