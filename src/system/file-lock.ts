import { open, stat } from "node:fs/promises";
import { execa } from "execa";
import { CommandError } from "../errors.ts";
import { environmentOf } from "./environment.ts";
import type { Unlock } from "./host.ts";
import { unlessMissing } from "./unless-missing.ts";

/**
 * Host.lock on this machine. flock(1) locks what we have opened (flock(2)): the lock is ours until we close it, or the
 * kernel does, and stays ours alone, since Node opens files so that no program that we start inherits them.
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
    // Handed on as it is: nothing is read.
    stdin: file.createReadStream({ autoClose: false }),
    reject: false,
  });
  const [ours, there] = await Promise.all([file.stat(), unlessMissing(stat(path))]);
  // Whoever had it may have removed or renamed it before we got it.
  if (exitCode === 0 && ours.ino === there?.ino && ours.dev === there.dev) {
    return () => file.close();
  }
  await file.close();
  if (exitCode !== 0 && exitCode !== TAKEN) {
    throw new CommandError(`flock ${path}`, exitCode, stderr || (shortMessage ?? ""));
  }
  return undefined;
}

/** flock(1)'s, of a lock that another process holds. */
const TAKEN = 1;
