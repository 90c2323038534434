import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, rmdir, unlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { settleAll } from "./settle-all.ts";
import { isErrno, unlessMissing } from "./unless-missing.ts";

/**
 * Delete a file, or a folder with all in it; nothing where there is none. It stays within the folder, whoever owns what is
 * in there and puts links in place of folders meanwhile: each folder is opened without following, and what is in it is
 * named by what is open (`/proc/self/fd/N/NAME`, since Node has no unlinkat(2)).
 */
export async function removeAll(path: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await removeEntry(path);
    } catch (error) {
      // What is killed may write on for a moment while it ends.
      if (attempt === ATTEMPTS || !isErrno(error, "ENOTEMPTY")) {
        throw error;
      }
      await sleep(RETRY_MS * attempt);
    }
  }
}

const ATTEMPTS = 4;
const RETRY_MS = 100;
/** Of one folder, at the same time. */
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
        // All of them, whichever fails: a number that is closed comes to mean another folder.
        await settleAll(names.splice(0, AT_ONCE).map((name) => removeEntry(`${place}/${name}`)));
      }
    } finally {
      await folder.close();
    }
  }
  await rmdir(path).catch((error: unknown) => {
    // It has become something else meanwhile, a link say, which is deleted itself.
    if (isErrno(error, "ENOTDIR")) {
      return unlessMissing(unlink(path));
    }
    if (!isErrno(error, "ENOENT")) {
      throw error;
    }
  });
}

/** Undefined where it is no folder any more: a link is none, either (ENOTDIR). */
function openFolder(path: string): Promise<FileHandle | undefined> {
  return unlessMissing(open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW));
}
