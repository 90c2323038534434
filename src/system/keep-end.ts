import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { isErrno } from "./unless-missing.ts";

/** Limit on the size of a file, and the size of the end that is kept if it is exceeded. */
export interface EndOptions {
  readonly most: number;
  readonly kept: number;
}

/** Unit in which the file system counts (stat(2)). */
const BLOCK_BYTES = 512;

/**
 * Cuts a file that others append to down to its end, in whole lines, if it is longer or occupies more than allowed. It
 * stays the same file for those who have it open; data written meanwhile may be lost. Anything but a regular file is
 * left alone, including a symbolic link.
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
    // Space can be allocated beyond a file's end, too (fallocate(2)).
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

/** Errors for files that are left alone: missing; a link; a socket or a FIFO; a folder; on a read-only file system. */
const LEFT_ALONE = ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "EISDIR", "EROFS"];
