import { randomUUID } from "node:crypto";
import { chmod, chown, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { FileError } from "../errors.ts";
import { isErrno, unlessMissing } from "./unless-missing.ts";

/**
 * Replaces a file of the user's as a whole, by a rename: readers see the old or the new content. Its owner, group and
 * mode stay; a symbolic link stays one, to the new file.
 * @param newMode of the file if there is none yet.
 * @throws FileError if the file can't be replaced because something is mounted there, as in containers.
 */
export async function rewriteFile(path: string, content: Uint8Array, newMode: number): Promise<void> {
  const target = (await unlessMissing(realpath(path))) ?? path;
  const before = await unlessMissing(stat(target));
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: "wx" });
    if (before !== undefined) {
      await chown(temporary, before.uid, before.gid);
    }
    // After chown, which clears some bits. Not left to the umask.
    await chmod(temporary, (before?.mode ?? newMode) & 0o7777);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw isErrno(error, "EBUSY")
      ? new FileError(
          path,
          "can't be replaced, since it is a mount of its own; edit it where it comes from",
          error,
        )
      : error;
  }
}
