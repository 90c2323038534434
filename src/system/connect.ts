import { once } from "node:events";
import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { FileError } from "../errors.ts";

/**
 * Connects to the unix socket of exactly this name. A symbolic link is followed only if root or we made it, since
 * another owner of the folder could lead us to a socket that is open to root alone.
 * @throws FileError for another user's link; otherwise the error of connect(2).
 */
export async function connectSocket(path: string): Promise<Socket> {
  if (path.startsWith("\0") || (await isTrustedLink(path))) {
    return connected(path);
  }
  // An open file stays the same, even if its name is reused meanwhile. The kernel connects through /proc as by name.
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

/**
 * Opens a path without opening the file itself, so that a file of any type can be examined (open(2)). Node has no name
 * for it.
 */
const O_PATH = 0o10000000;

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, "connect");
  return socket;
}
