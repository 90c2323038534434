import { LOG_BYTES } from "../../nodes/log-folder.ts";
import type { FileReadOptions, Host } from "../../system/host.ts";
import { readStateText } from "../../system/state-file.ts";

/** How to read a file that the emulator's user owns, or whose name that user may give to anything else. */
export const USERS_FILE = { followLinks: false, maxBytes: 128 * 1024 * 1024 } satisfies FileReadOptions;

/** The same of one that grows. */
export const USERS_LOG: FileReadOptions = { ...USERS_FILE, lastBytes: LOG_BYTES.most };

/** Its text; undefined where there is none, and where what has its name is no file to be read. */
export function readUsersFile(host: Host, path: string): Promise<string | undefined> {
  return readStateText(host, path, USERS_FILE.maxBytes);
}
