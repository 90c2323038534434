import type { Host } from "../../system/host.ts";
import { isErrno } from "../../system/unless-missing.ts";

/** Path of Debian's package, which lets only root and the group adm read it. */
export const LLDPCLI = "/usr/sbin/lldpcli";

/** Returns a file's bytes; undefined if it does not exist, or only other users of the host may read it. */
export async function readIfAllowed(host: Host, path: string): Promise<Uint8Array | undefined> {
  try {
    return await host.readBytes(path);
  } catch (error) {
    if (isErrno(error, "EACCES")) {
      return undefined;
    }
    throw error;
  }
}
