import { open, stat } from "node:fs/promises";
import { execa } from "execa";
import { CommandError } from "../errors.ts";
import { environmentOf } from "./environment.ts";
import type { Unlock } from "./host.ts";
import { unlessMissing } from "./unless-missing.ts";

/**
 * Host.lock on this host. flock(1) locks the file that we have opened (flock(2)): the lock is ours until we or the
 * kernel close the file. Programs that we start do not inherit the lock, because Node opens files so that they are not
 * inherited.
 */
export async function lockFile(path: string, interrupted?: AbortSignal): Promise<Unlock | undefined> {
  interrupted?.throwIfAborted();
  const file = await unlessMissing(open(path));
  if (file === undefined) {
    return undefined;
  }
  const { exitCode, stderr, shortMessage } = await execa("flock", ["--nonblock", "0"], {
    env: environmentOf({}, process.env),
    extendEnv: false,
    // Only the file's descriptor is passed on: nothing is read.
    stdin: file.createReadStream({ autoClose: false }),
    reject: false,
  });
  const [ours, there] = await Promise.all([file.stat(), unlessMissing(stat(path))]);
  // The previous holder may have removed or renamed it before we got it.
  if (exitCode === 0 && ours.ino === there?.ino && ours.dev === there.dev) {
    return () => file.close();
  }
  await file.close();
  if (exitCode !== 0 && exitCode !== TAKEN) {
    throw new CommandError(`flock ${path}`, exitCode, stderr || (shortMessage ?? ""));
  }
  return undefined;
}

/** Exit code of flock(1) if another process holds the lock. */
const TAKEN = 1;
