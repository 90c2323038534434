import { CommandError, PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { runningEnclosure } from "./files.ts";
import type { EnclosurePlace } from "./place.ts";
import { whyImpossible } from "./why-impossible.ts";

/** Of a host that is busy with other fabrics. */
const TIMEOUT_MS = 60_000;

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
  await Promise.all([host.makeDirectory(place.state, 0o700), host.makeDirectory(place.images, 0o700)]);
  try {
    await host.run(
      {
        file: "sh",
        args: [`${programs}/start`, place.folder, place.state, place.images],
        keepEnv: ["HOME", "XDG_RUNTIME_DIR"],
      },
      { timeoutMs: TIMEOUT_MS, closeFiles: true },
    );
  } catch (error) {
    if (error instanceof CommandError) {
      throw new PreflightError([await whyImpossible(host, error.stderr)]);
    }
    throw error;
  }
  const enclosure = await runningEnclosure(host, place);
  if (enclosure === undefined) {
    const log = (await host.readFile(`${place.folder}/log`)) ?? "";
    throw new PreflightError([await whyImpossible(host, log)]);
  }
  return enclosure;
}
