import { FileError } from "../../errors.ts";
import { LOG_BYTES } from "../../nodes/log-folder.ts";
import type { FileReadOptions, Host } from "../../system/host.ts";

/** How to read a file that the emulator's user owns, or whose name that user may give to anything else. */
export const USERS_FILE: FileReadOptions = { followLinks: false, maxBytes: 128 * 1024 * 1024 };

/** The same of one that grows. */
export const USERS_LOG: FileReadOptions = { ...USERS_FILE, lastBytes: LOG_BYTES.most };

/** Its text; undefined where there is none, and where what has its name is no file to be read. */
export async function readUsersFile(host: Host, path: string): Promise<string | undefined> {
  try {
    return await host.readFile(path, USERS_FILE);
  } catch (error) {
    if (error instanceof FileError) {
      return undefined;
    }
    throw error;
  }
}
