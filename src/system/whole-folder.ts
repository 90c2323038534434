import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import type { Host, Unlock } from "./host.ts";
import { pollUntil } from "./poll.ts";

export interface WholeFolder {
  readonly path: string;
  /** Reports whether it already exists as it should. Called while no other process is making it. */
  readonly isThere: () => Promise<boolean>;
  /** Time limit for another maker. */
  readonly timeoutMs: number;
  /** Called once if there is another maker. */
  readonly onWait: () => void;
}

const BUILDING = ".building-";

/** Reports whether this is the name of an unfinished folder. */
export function isUnfinished(name: string): boolean {
  return name.startsWith(BUILDING);
}

/**
 * Makes a folder atomically: it is filled as `.building-NAME` beside its place, and moved there at the very end,
 * replacing an earlier folder. Another process that needs the same folder meanwhile waits, and uses the result.
 *
 * A maker holds a lock on the folder that it fills, which the kernel releases however the maker ends. Unlike a pid, it
 * is valid for processes in other PID namespaces; unlike the lock of the network, in other network namespaces.
 * @returns false if it already existed.
 * @throws TimeoutError when another maker takes too long; the error of `fill`, after its files are removed.
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
    // Nothing may follow: from here on, another maker's folder may have the name that ours had.
    await host.rename(folder, path);
    return true;
  } catch (error) {
    await host.remove(folder);
    throw error;
  } finally {
    await unlock();
  }
}

/**
 * Removes a folder atomically: it gets the name of an unfinished one first, so that what is left of it if we are killed
 * is removed with those.
 */
export async function removeWholeFolder(host: Host, path: string): Promise<void> {
  if ((await host.stat(path)) !== undefined) {
    const folder = `${dirname(path)}/${BUILDING}${randomUUID()}`;
    await host.rename(path, folder);
    await host.remove(folder);
  }
}

/** Removes the folders in this one that killed makers left unfinished. */
export async function removeUnfinishedFolders(host: Host, parent: string): Promise<void> {
  const names = (await host.list(parent)).filter(isUnfinished);
  for (const name of names) {
    const unlock = await host.lock(`${parent}/${name}`);
    if (unlock !== undefined) {
      await host.remove(`${parent}/${name}`);
      await unlock();
    }
  }
}

/**
 * Does work with an empty folder in this one, which is removed afterwards; if we are killed, with the unfinished
 * folders.
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
