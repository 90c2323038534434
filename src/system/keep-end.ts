import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { isErrno } from "./unless-missing.ts";

/** What a file may occupy, and how much of its end is kept where it is more. */
export interface EndOptions {
  readonly most: number;
  readonly kept: number;
}

/** In which the file system counts (stat(2)). */
const BLOCK_BYTES = 512;

/**
 * Cut a file that others append to down to its end, in whole lines, where it is longer or occupies more than it may. It
 * stays the same file, for those who have it open; what they write meanwhile may be lost. Anything else than a regular
 * file is left alone, a symbolic link too.
 */
export async function keepEnd(path: string, { most, kept }: EndOptions): Promise<void> {
  const file = await open(path, FLAGS).catch((error: unknown) => {
    if (LEFT_ALONE.some((code) => isErrno(error, code))) {
      return undefined;
    }
    throw error;
  });
  if (file === undefined) {
    return;
  }
  try {
    const status = await file.stat();
    // Room can be taken beyond a file's end, too (fallocate(2)).
    if (!status.isFile() || Math.max(status.size, status.blocks * BLOCK_BYTES) <= most) {
      return;
    }
    const start = Math.max(0, status.size - kept);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(kept), 0, kept, start);
    const end = buffer.subarray(0, bytesRead);
    // First, since the file system may be full.
    await file.truncate(0);
    await file.appendFile(start === 0 ? end : end.subarray(end.indexOf("\n") + 1));
  } finally {
    await file.close();
  }
}

const FLAGS =
  constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Missing; a link; a socket or a FIFO; a folder; on what is mounted read-only. */
const LEFT_ALONE = ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "EISDIR", "EROFS"];
