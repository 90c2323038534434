import { hostname } from "node:os";
import type { Readable } from "node:stream";
import { CommandError, PreflightError } from "../errors.ts";
import { hasHostLink } from "../fabric/member-part.ts";
import { clip } from "../format/clip.ts";
import type { PipedProgram } from "../system/host.ts";
import type { LockOptions } from "../system/lock.ts";
import type { NetworkHost } from "./network-host.ts";

export interface MembersLockOptions extends LockOptions {
  /** Of the fabric: its lock has this name on a member. */
  readonly runDir: string;
}

/**
 * Does `work` while no other administrator, wherever, changes the same fabric on the members of a cluster.
 *
 * The lock is one of the kernel's (flock(2)) on a file next to the fabric's run directory on the internet router's
 * member, or the next one that answers. A program there holds it for as long as its input is open, so it ends with us or
 * with the connection. If no member answers, the work itself says so: it begins without a lock.
 *
 * @throws PreflightError when the holder does not finish in time.
 * @throws InterruptedError on an interrupt before the work has begun.
 */
export async function withMembersLock<T>(
  hosts: readonly NetworkHost[],
  options: MembersLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await lockFirst(hosts.toSorted(byHostLink), options);
  try {
    return await work();
  } finally {
    lock?.input.end();
    await lock?.ended;
  }
}

function byHostLink(a: NetworkHost, b: NetworkHost): number {
  return Number(hasHostLink(b.fabric)) - Number(hasHostLink(a.fabric));
}

async function lockFirst(
  hosts: readonly NetworkHost[],
  options: MembersLockOptions,
): Promise<PipedProgram | undefined> {
  for (const host of hosts) {
    const lock = await lockOn(host, options);
    if (lock !== undefined) {
      return lock;
    }
  }
  return undefined;
}

/** Undefined if the member does not answer. */
async function lockOn(
  { member, host }: NetworkHost,
  { purpose, timeoutMs, onWait, interrupted, runDir }: MembersLockOptions,
): Promise<PipedProgram | undefined> {
  const path = `${runDir}.lock`;
  const seconds = String(Math.ceil(timeoutMs / 1000));
  const self = `${hostname()}, ${purpose}`;
  const program = await host.startPiped({ file: "sh", args: ["-c", HOLD, "sh", path, seconds, self] });
  const end = () => program.kill();
  interrupted?.addEventListener("abort", end, { once: true });
  try {
    for await (const line of linesOf(program.output)) {
      if (line === HELD) {
        return program;
      }
      onWait(clip(`${line}; on ${member}`, MOST_CHARACTERS));
    }
  } finally {
    interrupted?.removeEventListener("abort", end);
  }
  interrupted?.throwIfAborted();
  const { exitCode, stderr } = await program.ended;
  if (exitCode === TOO_LATE) {
    throw new PreflightError([
      {
        what: `another ikvswitch has not finished within ${seconds} s; it holds ${path} on ${member}`,
        why: "two commands must not change a fabric at the same time",
        fix: `wait for it, or end it; on ${member}, 'fuser ${path}' names the process that holds the lock for it`,
      },
    ]);
  }
  if (exitCode === UNREACHABLE || exitCode === undefined) {
    return undefined;
  }
  throw new CommandError(`${member}: lock ${path}`, exitCode, stderr);
}

const HELD = "held";
const MOST_CHARACTERS = 200;
/** Exit codes of the program below, and of ssh without a connection. */
const TOO_LATE = 75;
const UNREACHABLE = 255;

const HOLD = `
exec 9>>"$1" || exit 1
if ! flock -n 9; then
  head -c 200 "$1" | tr -d '\\000-\\037'
  echo
  flock -w "$2" 9 || exit ${TOO_LATE}
fi
printf '%s' "$3" | head -c 200 >"$1"
echo ${HELD}
exec cat >/dev/null`;

/** Yields the lines as they come, and leaves the stream open when its reader has seen enough. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    const lines = (rest + String(chunk)).split("\n");
    rest = (lines.pop() ?? "").slice(-MOST_CHARACTERS);
    yield* lines;
  }
}
