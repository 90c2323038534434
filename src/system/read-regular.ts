import { constants, openSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Socket } from "node:net";
import { FileError, InterruptedError } from "../errors.ts";
import type { FileReadOptions } from "./host.ts";
import { isErrno } from "./unless-missing.ts";

/** More than any file that is read as a whole. A reader that knows its file sets a lower limit. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads the bytes of a regular file. It never waits for other kinds of files: a FIFO without a writer would block
 * open(2) for ever, in a thread that no signal reaches.
 * @throws FileError for anything but a regular file, for a symbolic link if none is to be followed, and for a file that
 *   is too large; otherwise the error of open(2) or read(2).
 */
export async function readRegular(
  path: string,
  { maxBytes = MAX_BYTES, lastBytes, followLinks = true, pipes = false }: FileReadOptions = {},
  interrupted?: AbortSignal,
): Promise<Buffer> {
  const file = await openWithoutWaiting(path, followLinks);
  try {
    const status = await file.stat();
    if (status.isFile()) {
      if (!followLinks && status.nlink > 1) {
        throw new FileError(path, "a file with several hard links");
      }
      if (lastBytes !== undefined && status.size > lastBytes) {
        return await readEnd(file, status.size, lastBytes);
      }
      return await readToEnd(path, file, status.size, maxBytes);
    }
    if (!(pipes && status.isFIFO() && isDescriptor(path))) {
      throw new FileError(path, `${kindOf(status)}, not a regular file`);
    }
  } finally {
    await file.close();
  }
  return readPipe(path, maxBytes, interrupted);
}

async function openWithoutWaiting(path: string, followLinks: boolean): Promise<FileHandle> {
  try {
    return await open(path, FLAGS | (followLinks ? 0 : constants.O_NOFOLLOW));
  } catch (error) {
    if (isErrno(error, "ELOOP")) {
      const reason = followLinks ? "symbolic link loop" : "a symbolic link";
      throw new FileError(path, reason, error);
    }
    if (isErrno(error, "ENXIO")) {
      throw new FileError(path, "a socket, not a regular file", error);
    }
    throw error;
  }
}

const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

async function readEnd(file: FileHandle, size: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.subarray(0, bytesRead);
}

/** Reads to the end. Files below /proc have no size, and end when a read returns nothing. */
async function readToEnd(path: string, file: FileHandle, size: number, maxBytes: number): Promise<Buffer> {
  let buffer = Buffer.allocUnsafe(Math.min(size, maxBytes) + (size === 0 ? UNKNOWN_SIZE_BYTES : 1));
  let length = 0;
  for (;;) {
    const { bytesRead } = await file
      .read(buffer, length, buffer.length - length, null)
      .catch((error: NodeJS.ErrnoException) => {
        throw new FileError(path, `cannot read it: ${error.code}`, error);
      });
    length += bytesRead;
    if (length > maxBytes) {
      throw tooLarge(path, maxBytes);
    }
    if (bytesRead === 0) {
      return buffer.subarray(0, length);
    }
    if (length === buffer.length) {
      buffer = Buffer.concat([buffer], 2 * length);
    }
  }
}

const UNKNOWN_SIZE_BYTES = 4096;

/** Reports whether a path is an open descriptor, as of a shell's `<(command)` or a pipe into standard input. */
function isDescriptor(path: string): boolean {
  return /^\/(dev\/(stdin$|fd\/)|proc\/self\/fd\/)/.test(path);
}

/** Reads a pipe by polling, so that the read can be interrupted. */
async function readPipe(path: string, maxBytes: number, interrupted?: AbortSignal): Promise<Buffer> {
  interrupted?.throwIfAborted();
  const pipe = new Socket({ fd: openSync(path, FLAGS), readable: true, writable: false });
  const giveUp = () => pipe.destroy(new InterruptedError());
  interrupted?.addEventListener("abort", giveUp, { once: true });
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of pipe as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) {
        throw tooLarge(path, maxBytes);
      }
    }
    return Buffer.concat(chunks);
  } finally {
    interrupted?.removeEventListener("abort", giveUp);
    pipe.destroy();
  }
}

function tooLarge(path: string, maxBytes: number): FileError {
  return new FileError(path, `larger than ${maxBytes} bytes`);
}

function kindOf(status: Awaited<ReturnType<FileHandle["stat"]>>): string {
  return status.isDirectory() ? "a folder" : status.isFIFO() ? "a FIFO" : "a device";
}
