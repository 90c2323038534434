import type { Host } from "./host.ts";
import { isErrno } from "./unless-missing.ts";

/**
 * Returns the host with a `remove` that leaves files on a read-only file system in place, so that taking a fabric down
 * can continue. `onWarning` is called for the first of them.
 */
export function leaveReadOnly(host: Host, onWarning: (text: string) => void): Host {
  let told = false;
  return {
    ...host,
    remove: async (path) => {
      try {
        await host.remove(path);
      } catch (error) {
        if (!isErrno(error, "EROFS")) {
          throw error;
        }
        if (!told) {
          onWarning(
            `cannot remove files such as ${path} from a read-only file system; repeat the command when it is writable.`,
          );
        }
        told = true;
      }
    },
  };
}
