import type { Host } from "./host.ts";
import { isErrno } from "./unless-missing.ts";

/**
 * The host, on which files that can't be removed since their file system is read-only stay: what takes a fabric down goes
 * on without. `onWarning` is told of the first of them.
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
