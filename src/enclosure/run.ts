import { CommandError, PreflightError } from "../errors.ts";
import type { Command, Host, Unlock } from "../system/host.ts";
import { happensWithin, pollUntil } from "../system/poll.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { runInPlace } from "../system/run-in-place.ts";
import { endEnclosure, foundInEnclosure } from "./end.ts";
import { runningEnclosure } from "./files.ts";
import type { EnclosurePlace } from "./place.ts";
import { startEnclosure } from "./start.ts";

export interface EnclosedRequest {
  readonly place: EnclosurePlace;
  /** Our folder libexec/enclosure. */
  readonly programs: string;
  readonly command: Command;
  /**
   * Present if the command should leave nothing. Called if it has left something in the enclosure, which therefore
   * stays.
   */
  readonly onStay?: ((found: readonly string[], enclosure: ProcessIdentity) => void) | undefined;
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
      await endIfUnused(host, request, enclosure);
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
async function lockFolder(host: Host, place: EnclosurePlace): Promise<Unlock> {
  const { folder } = place;
  return pollUntil({ what: `the lock on ${folder}`, timeoutMs: 60_000, intervalMs: 20 }, async () => {
    const unlock = (await makeFolders(host, place)) ? await host.lock(folder) : undefined;
    return unlock === undefined
      ? { done: false, seen: "another ikvswitch has it" }
      : { done: true, value: unlock };
  });
}

/** Makes the enclosure's folder. False if another command, which ends an enclosure, has just removed one of them. */
async function makeFolders(host: Host, { base, folder }: EnclosurePlace): Promise<boolean> {
  try {
    await host.makeDirectory(base, 0o700);
    await refuseShared(host, base);
    await host.makeDirectory(folder, 0o700);
    return true;
  } catch (error) {
    if (error instanceof CommandError) {
      return false;
    }
    throw error;
  }
}

/** In /tmp, others could have made a folder of this name before. */
async function refuseShared(host: Host, base: string): Promise<void> {
  const { stdout } = await host.run({ file: "stat", args: ["--format=%u %a %F", "--", base] });
  const [owner, mode, ...kind] = stdout.trim().split(" ");
  if (Number(owner) !== process.getuid?.() || mode !== "700" || kind.join(" ") !== "directory") {
    throw new PreflightError([
      {
        what: `${base} is not a folder of yours alone (owner ${owner}, mode ${mode})`,
        why: "ikvswitch keeps the identities of your running fabrics there",
        fix: "remove it, or set XDG_RUNTIME_DIR to a folder of yours",
      },
    ]);
  }
}

async function endIfUnused(
  host: Host,
  { place, onStay }: EnclosedRequest,
  enclosure: ProcessIdentity,
): Promise<void> {
  let found = await foundInEnclosure(host, place, enclosure);
  if (onStay !== undefined) {
    // The kernel removes the devices of ended switches a moment later.
    await happensWithin({ timeoutMs: 5_000, intervalMs: 50 }, async () => {
      found = await foundInEnclosure(host, place, enclosure);
      return found.length === 0;
    });
  }
  if (found.length > 0) {
    onStay?.(found, enclosure);
    return;
  }
  // If another command has the lock, that one ends the enclosure.
  const unlock = await host.lock(place.folder);
  try {
    if (unlock !== undefined && (await foundInEnclosure(host, place, enclosure)).length === 0) {
      await endEnclosure(host, place, enclosure);
    }
  } finally {
    await unlock?.();
  }
}
