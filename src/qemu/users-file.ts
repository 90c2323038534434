import { LOG_BYTES } from "../nodes/log-folder.ts";
import type { FileReadOptions, Host } from "../system/host.ts";
import { readStateText } from "../system/state-file.ts";

/** Options for reading a file that belongs to the emulator's user, or whose name that user may give to another file. */
export const USERS_FILE = { followLinks: false, maxBytes: 128 * 1024 * 1024 } satisfies FileReadOptions;

/** The same for a growing file. */
export const USERS_LOG: FileReadOptions = { ...USERS_FILE, lastBytes: LOG_BYTES.most };

/** Returns its text; undefined if it does not exist or is not a readable regular file. */
export function readUsersFile(host: Host, path: string): Promise<string | undefined> {
  return readStateText(host, path, USERS_FILE.maxBytes);
}
