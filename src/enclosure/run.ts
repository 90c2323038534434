import { PreflightError } from "../errors.ts";
import type { Command, Host, Unlock } from "../system/host.ts";
import { pollUntil } from "../system/poll.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { runInPlace } from "../system/run-in-place.ts";
import { endEnclosure, isIdle } from "./end.ts";
import { runningEnclosure } from "./files.ts";
import type { EnclosurePlace } from "./place.ts";
import { startEnclosure } from "./start.ts";

export interface EnclosedRequest {
  readonly place: EnclosurePlace;
  /** Our folder libexec/enclosure. */
  readonly programs: string;
  readonly command: Command;
}

/**
 * Runs a command of an ordinary user as root of that user's enclosure, on our terminal and with our signals. Makes the
 * enclosure if none runs, and ends it afterwards if the command has left nothing in it.
 * @returns the command's exit code
 * @throws PreflightError if this host allows no enclosure.
 */
export async function runEnclosed(host: Host, request: EnclosedRequest): Promise<number> {
  for (;;) {
    const enclosure = await findOrStart(host, request);
    const { exitCode, told } = await runInPlace(enterCommand(request, enclosure));
    // Another command may have ended the enclosure just before ours was inside.
    if (told !== "" || exitCode !== GONE) {
      await endIfIdle(host, request.place, enclosure);
      return exitCode;
    }
  }
}

/** Exit code of libexec/enclosure/enter if the enclosure has ended. */
const GONE = 1;

function enterCommand({ place, programs, command }: EnclosedRequest, enclosure: ProcessIdentity): Command {
  const { pid, startTicks } = enclosure;
  return {
    ...command,
    file: "perl",
    args: [`${programs}/enter`, place.folder, `${pid}`, `${startTicks}`, "--", command.file, ...command.args],
  };
}

async function findOrStart(host: Host, { place, programs }: EnclosedRequest): Promise<ProcessIdentity> {
  const running = await runningEnclosure(host, place);
  if (running !== undefined) {
    return running;
  }
  const unlock = await lockFolder(host, place);
  try {
    return (await runningEnclosure(host, place)) ?? (await startEnclosure(host, place, programs));
  } finally {
    await unlock();
  }
}

/** @throws PreflightError if the folder is not the user's alone. */
async function lockFolder(host: Host, { folder }: EnclosurePlace): Promise<Unlock> {
  return pollUntil({ what: `the lock on ${folder}`, timeoutMs: 60_000, intervalMs: 20 }, async () => {
    await host.makeDirectory(folder, 0o700);
    await refuseShared(host, folder);
    const unlock = await host.lock(folder);
    return unlock === undefined
      ? { done: false, seen: "another ikvswitch has it" }
      : { done: true, value: unlock };
  });
}

/** In /tmp, others could have made a folder of this name before. */
async function refuseShared(host: Host, folder: string): Promise<void> {
  const { stdout } = await host.run({ file: "stat", args: ["--format=%u %a %F", "--", folder] });
  const [owner, mode, ...kind] = stdout.trim().split(" ");
  if (Number(owner) !== process.getuid?.() || mode !== "700" || kind.join(" ") !== "directory") {
    throw new PreflightError([
      {
        what: `${folder} is not a folder of yours alone (owner ${owner}, mode ${mode})`,
        why: "ikvswitch keeps the identity of your running fabric there",
        fix: "remove it, or set XDG_RUNTIME_DIR to a folder of yours",
      },
    ]);
  }
}

async function endIfIdle(host: Host, place: EnclosurePlace, enclosure: ProcessIdentity): Promise<void> {
  const unlock = (await isIdle(host, place, enclosure)) ? await host.lock(place.folder) : undefined;
  // If another command has the lock, that one ends the enclosure.
  if (unlock === undefined) {
    return;
  }
  try {
    if (await isIdle(host, place, enclosure)) {
      await endEnclosure(host, place, enclosure);
    }
  } finally {
    await unlock();
  }
}
