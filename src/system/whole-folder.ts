import { randomUUID } from "node:crypto";
import type { Host, Unlock } from "./host.ts";
import { pollUntil } from "./poll.ts";

export interface WholeFolder {
  readonly path: string;
  /** Whether it is there already, as it should be. Looked at when nobody else is making it. */
  readonly isThere: () => Promise<boolean>;
  /** How long to wait for another maker. */
  readonly timeoutMs: number;
  /** Called once if there is one. */
  readonly onWait: () => void;
}

/**
 * Make a folder that is there as a whole or not at all: it is filled as `.building-NAME` beside its place, and takes that
 * at the very end, in stead of what was there. Whoever wants the same folder meanwhile waits, and finds it made.
 *
 * A maker holds a lock on what it fills, which the kernel frees however it ends. Unlike a pid, that means the same to
 * processes in other PID namespaces, and a lock of the network's would mean nothing in other network namespaces.
 * @returns false where it was there.
 * @throws TimeoutError when another maker takes too long; what `fill` throws, with all that it made removed.
 */
export async function makeWholeFolder(
  host: Host,
  { path, isThere, ...waiting }: WholeFolder,
  fill: (folder: string) => Promise<void>,
): Promise<boolean> {
  const cut = path.lastIndexOf("/") + 1;
  const folder = `${path.slice(0, cut)}${BUILDING}${path.slice(cut)}`;
  const unlock = await lockEmptyFolder(host, folder, waiting);
  try {
    if (await isThere()) {
      await host.remove(folder);
      return false;
    }
    await fill(folder);
    await host.remove(path);
    // Nothing after this: from here on, another maker's folder may have the name that ours had.
    await host.rename(folder, path);
    return true;
  } catch (error) {
    await host.remove(folder);
    throw error;
  } finally {
    await unlock();
  }
}

/** Remove what makers left that were killed, of all the folders in this one. */
export async function removeUnfinishedFolders(host: Host, parent: string): Promise<void> {
  const names = (await host.list(parent)).filter((name) => name.startsWith(BUILDING));
  for (const name of names) {
    const unlock = await host.lock(`${parent}/${name}`);
    if (unlock !== undefined) {
      await host.remove(`${parent}/${name}`);
      await unlock();
    }
  }
}

/**
 * Work with an empty folder in this one, which is removed afterwards; where we are killed, with the unfinished ones.
 */
export async function withScratchFolder<T>(
  host: Host,
  parent: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = `${parent}/${BUILDING}${randomUUID()}`;
  await host.makeDirectory(folder, 0o700);
  const unlock = await host.lock(folder);
  try {
    return await work(folder);
  } finally {
    await host.remove(folder);
    await unlock?.();
  }
}

const BUILDING = ".building-";
const POLL_MS = 200;

async function lockEmptyFolder(
  host: Host,
  folder: string,
  { timeoutMs, onWait }: Pick<WholeFolder, "timeoutMs" | "onWait">,
): Promise<Unlock> {
  let isWaiting = false;
  return pollUntil(
    { what: `the end of another process's work on ${folder}`, timeoutMs, intervalMs: POLL_MS },
    () => look(),
  );

  async function look() {
    await host.makeDirectory(folder, 0o755);
    const unlock = await host.lock(folder);
    if (unlock === undefined) {
      if (!isWaiting) {
        onWait();
        isWaiting = true;
      }
      return { done: false, seen: "still being built" } as const;
    }
    if ((await host.list(folder)).length === 0) {
      return { done: true, value: unlock } as const;
    }
    // Its maker was killed.
    await host.remove(folder);
    await unlock();
    return look();
  }
}
