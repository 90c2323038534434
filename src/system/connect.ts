import { once } from "node:events";
import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { FileError } from "../errors.ts";

/**
 * Connect to a unix socket: just to the one that has this name. A symbolic link is followed only where root or we made it,
 * since whoever else owns the folder could lead us to a socket that is open to root alone.
 * @throws FileError for a link of somebody else's; otherwise what connect(2) answers.
 */
export async function connectSocket(path: string): Promise<Socket> {
  if (path.startsWith("\0") || (await isTrustedLink(path))) {
    return connected(path);
  }
  // What is open stays what it is, whatever has its name meanwhile; the kernel connects through /proc as by name.
  const socket = await openPlace(path);
  try {
    return await connected(`/proc/self/fd/${socket.fd}`);
  } finally {
    await socket.close();
  }
}

async function isTrustedLink(path: string): Promise<boolean> {
  const status = await lstat(path);
  return status.isSymbolicLink() && (status.uid === 0 || status.uid === process.getuid?.());
}

async function openPlace(path: string): Promise<FileHandle> {
  const file = await open(path, O_PATH | constants.O_NOFOLLOW);
  if ((await file.stat()).isSymbolicLink()) {
    await file.close();
    throw new FileError(path, "a symbolic link of another user, not a socket");
  }
  return file;
}

/** Opens nothing of what is there, so that any kind of file can be looked at (open(2)); Node does not name it. */
const O_PATH = 0o10000000;

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, "connect");
  return socket;
}
