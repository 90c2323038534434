import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandError, FileError } from "../errors.ts";
import { isErrno, unlessMissing } from "./unless-missing.ts";

/**
 * Make a folder and those above it, from the top down. mkdir's own `recursive` tries for ever where a folder is there
 * and none can be made in it for ENOENT, as in /proc (Node 20).
 * @param mode of the folder itself, where it is made.
 * @throws CommandError where the file system takes no new folders; otherwise what mkdir(2) answers.
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
    // Somebody else may have made it meanwhile.
    if (isErrno(error, "EEXIST") && (await isFolder(path))) {
      return;
    }
    throw isErrno(error, "EEXIST") ? new FileError(path, "not a directory; remove it", error) : error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await unlessMissing(stat(path)))?.isDirectory() ?? false;
}
