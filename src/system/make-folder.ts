import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandError, FileError } from "../errors.ts";
import { isErrno, unlessMissing } from "./unless-missing.ts";

/**
 * Makes a folder and those above it, from the top down. mkdir's own `recursive` retries for ever if a folder exists but
 * ENOENT prevents making one in it, as in /proc (Node 20).
 * @param mode of the folder itself, if it is made.
 * @throws CommandError if the file system allows no new folders; otherwise the error of mkdir(2).
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  if (await isFolder(path)) {
    return;
  }
  const parent = dirname(path);
  if (parent !== path) {
    await makeFolder(parent);
  }
  try {
    await mkdir(path, mode);
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      throw new CommandError(
        `make folder ${path}`,
        undefined,
        `cannot create a directory in ${parent}`,
        error,
      );
    }
    // Another process may have made it meanwhile.
    if (isErrno(error, "EEXIST") && (await isFolder(path))) {
      return;
    }
    throw isErrno(error, "EEXIST") ? new FileError(path, "not a directory; remove it", error) : error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await unlessMissing(stat(path)))?.isDirectory() ?? false;
}
