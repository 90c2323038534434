import { PreflightError, TimeoutError } from "../errors.ts";
import { clip } from "../format/clip.ts";
import type { Host, Unlock } from "./host.ts";
import { pause } from "./pause.ts";
import { isErrno } from "./unless-missing.ts";

const POLL_MS = 100;

export interface LockOptions {
  /** The holder's command, shown to those who wait: `ikvswitch net start`. */
  readonly purpose: string;
  readonly timeoutMs: number;
  /** Called once if another process holds the lock. */
  readonly onWait: (holder: string) => void;
  /** Stop waiting when this is aborted. */
  readonly interrupted?: AbortSignal;
}

/**
 * Does `work` while no other ikvswitch works on this network.
 *
 * The lock is one of the kernel's (flock(2)) on a folder in /run. The folder is named after the network namespace,
 * since that is what the lock protects, whatever the configuration. Only root can make or open the folder. The kernel
 * releases the lock at once however its holder ends; a holder that is not killed removes the folder. A file in it names
 * the holder. If /run is mounted read-only, so that no folder can be made, the lock is on /run itself, where any user
 * can block it.
 *
 * @throws PreflightError when others than root may write to /run, or we may not.
 * @throws TimeoutError when the holder does not finish in time.
 * @throws InterruptedError on an interrupt before the work has begun.
 */
export async function withLock<T>(host: Host, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const folder = await lockFolder(host);
  const unlock = await acquire(host, folder, options);
  try {
    return await work();
  } finally {
    // Before the unlock: the next holder makes a folder of its own.
    await removeFolder(host, folder).finally(unlock);
  }
}

/** Removes the folder. On a read-only /run there is none. */
async function removeFolder(host: Host, folder: string): Promise<void> {
  await host.remove(folder).catch((error: unknown) => {
    if (!isErrno(error, "EROFS")) {
      throw error;
    }
  });
}

const PARENT = "/run";

async function lockFolder(host: Host): Promise<string> {
  const { stdout } = await host.run({
    file: "stat",
    args: ["--dereference", "--format=%i %u %a", "/proc/self/ns/net", PARENT],
  });
  const [network = "", parent = ""] = stdout.trim().split("\n");
  const [, owner, mode = ""] = parent.split(" ");
  if (owner !== "0" || (Number.parseInt(mode, 8) & 0o022) !== 0) {
    throw new PreflightError([
      {
        what: `users other than root may write to ${PARENT} (owner ${owner}, mode ${mode})`,
        why: "only root may take the lock of ikvswitch, which is a file there",
        fix: `chown root:root ${PARENT} && chmod 0755 ${PARENT}`,
      },
    ]);
  }
  return `${PARENT}/ikvswitch-lock-${network.split(" ")[0]}`;
}

async function acquire(
  host: Host,
  folder: string,
  { purpose, timeoutMs, onWait, interrupted }: LockOptions,
): Promise<Unlock> {
  const deadline = Date.now() + timeoutMs;
  let holder = "";
  for (;;) {
    interrupted?.throwIfAborted();
    const unlock = await tryLock(host, folder);
    if (unlock !== undefined) {
      // The name is optional: others can wait without it, as on a full /run.
      await host.writeFile(`${folder}/${HOLDER}`, `pid ${process.pid}, ${purpose}`, 0o600).catch(() => {});
      return unlock;
    }
    const found = await readHolder(host, folder);
    if (holder === "" && found !== "") {
      onWait(found);
    }
    holder = found || holder;
    if (Date.now() > deadline) {
      throw new TimeoutError("another ikvswitch process to release the lock", timeoutMs, holder);
    }
    // An interrupt ends the pause, and is thrown above.
    await pause(POLL_MS, interrupted);
  }
}

const HOLDER = "holder";

/** Undefined while another process has the lock, or has just removed the folder. */
async function tryLock(host: Host, folder: string): Promise<Unlock | undefined> {
  try {
    await host.makeDirectory(folder, 0o700);
    return await host.lock(folder);
  } catch (error) {
    if (isErrno(error, "EACCES") || isErrno(error, "EPERM")) {
      throw new PreflightError([
        {
          what: `root privileges: ${error instanceof Error ? error.message : ""}`,
          why: "this command changes the host's network",
          fix: "run the command as root",
        },
      ]);
    }
    if (isErrno(error, "EROFS")) {
      return host.lock(PARENT);
    }
    if (isErrno(error, "ENOSPC")) {
      throw new PreflightError([
        {
          what: `${PARENT} is full`,
          why: "the lock of ikvswitch is a file there",
          fix: `remove files below ${PARENT}`,
        },
      ]);
    }
    throw error;
  }
}

/** Returns the name of the holder; empty if it is not known. */
async function readHolder(host: Host, folder: string): Promise<string> {
  const text = await host.readFile(`${folder}/${HOLDER}`).catch(() => undefined);
  return clip(text ?? "", MOST_CHARACTERS);
}

const MOST_CHARACTERS = 200;
