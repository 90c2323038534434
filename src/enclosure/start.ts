import { CommandError, type MissingRequirement, PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { removeFolder } from "./end.ts";
import { runningEnclosure } from "./files.ts";
import type { EnclosurePlace } from "./place.ts";
import { whyImpossible } from "./why-impossible.ts";

/** Of a host that is busy with other fabrics. */
const TIMEOUT_MS = 60_000;

/** Exit code of libexec/enclosure/start. */
const NO_PASTA = 3;

const PASTA: MissingRequirement = {
  what: "missing program: pasta",
  why: "connects an ordinary user's fabric to the outside; root needs none",
  fix: "apt install --no-install-recommends passt",
};

/**
 * Makes the user's enclosure. The caller has the lock on its folder.
 * @param programs our folder libexec/enclosure.
 * @throws PreflightError if this host does not allow it, with the setting that would.
 */
export async function startEnclosure(
  host: Host,
  place: EnclosurePlace,
  programs: string,
): Promise<ProcessIdentity> {
  const problem = (await folderProblem(host, place)) ?? (await tryToStart(host, place, programs));
  const enclosure = problem === undefined ? await runningEnclosure(host, place) : undefined;
  if (enclosure === undefined) {
    await removeFolder(host, place);
    throw new PreflightError([problem ?? (await whyImpossible(host, ""))]);
  }
  return enclosure;
}

/** Makes the user's folders. Returns the problem if that is not possible. */
async function folderProblem(
  host: Host,
  { state, images }: EnclosurePlace,
): Promise<MissingRequirement | undefined> {
  try {
    await Promise.all([host.makeDirectory(state, 0o700), host.makeDirectory(images, 0o700)]);
    return undefined;
  } catch (error) {
    return {
      what: `cannot make a folder: ${error instanceof Error ? error.message : error}`,
      why: "an ordinary user's keys and images are in folders of that user",
      fix: "set XDG_STATE_HOME and XDG_CACHE_HOME to folders of yours, or run the command as root",
    };
  }
}

async function tryToStart(
  host: Host,
  place: EnclosurePlace,
  programs: string,
): Promise<MissingRequirement | undefined> {
  try {
    await host.run(
      {
        file: "sh",
        args: [`${programs}/start`, place.folder, place.state, place.images],
        keepEnv: ["HOME", "XDG_RUNTIME_DIR"],
      },
      { timeoutMs: TIMEOUT_MS, closeFiles: true },
    );
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) {
      return error.exitCode === NO_PASTA ? PASTA : whyImpossible(host, error.stderr);
    }
    throw error;
  }
}
