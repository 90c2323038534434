import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, rmdir, unlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { settleAll } from "./settle-all.ts";
import { isErrno, unlessMissing } from "./unless-missing.ts";

/**
 * Deletes a file, or a folder with all its content; no error if there is none. It never leaves the folder, whoever owns
 * its content and replaces folders by links meanwhile: each folder is opened without following links, and its entries
 * are named relative to the open folder (`/proc/self/fd/N/NAME`, since Node has no unlinkat(2)).
 */
export async function removeAll(path: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await removeEntry(path);
    } catch (error) {
      // A killed process may still write for a moment while it ends.
      if (attempt === ATTEMPTS || !isErrno(error, "ENOTEMPTY")) {
        throw error;
      }
      await sleep(RETRY_MS * attempt);
    }
  }
}

const ATTEMPTS = 4;
const RETRY_MS = 100;
/** Number of entries of one folder that are deleted at the same time. */
const AT_ONCE = 64;

async function removeEntry(path: string): Promise<void> {
  const status = await unlessMissing(lstat(path));
  if (status?.isDirectory()) {
    await removeFolder(path);
  } else if (status !== undefined) {
    await unlessMissing(unlink(path));
  }
}

async function removeFolder(path: string): Promise<void> {
  const folder = await openFolder(path);
  if (folder !== undefined) {
    const place = `/proc/self/fd/${folder.fd}`;
    try {
      const names = await readdir(place);
      while (names.length > 0) {
        // Waits for all of them, even if one fails: once closed, the descriptor's number may refer to another folder.
        await settleAll(names.splice(0, AT_ONCE).map((name) => removeEntry(`${place}/${name}`)));
      }
    } finally {
      await folder.close();
    }
  }
  await rmdir(path).catch((error: unknown) => {
    // Something else has replaced the folder meanwhile, such as a link, which is deleted itself.
    if (isErrno(error, "ENOTDIR")) {
      return unlessMissing(unlink(path));
    }
    if (!isErrno(error, "ENOENT")) {
      throw error;
    }
  });
}

/** Undefined if it is no longer a folder; a link is none, either (ENOTDIR). */
function openFolder(path: string): Promise<FileHandle | undefined> {
  return unlessMissing(open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW));
}
