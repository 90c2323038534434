import { TimeoutError } from "../../errors.ts";
import type { StopOutcome } from "../../nodes/machines.ts";
import type { Host } from "../../system/host.ts";
import { signalProcess } from "../../system/process-identity.ts";
import { netnsFolder } from "./netns-folder.ts";
import { stopNetns } from "./power.ts";
import { findNetns, netnsPid } from "./process.ts";

const STRAYS_TIMEOUT_MS = 10_000;

/** End these netns and what was about to become one of them at once, and remove what the host kept of them. */
export async function endNetns(
  host: Host,
  runDir: string,
  names: readonly string[],
): Promise<Readonly<Record<string, StopOutcome>>> {
  const folders = names.map((name) => netnsFolder(runDir, name));
  const outcomes = await Promise.all(
    folders.map(async (folder) => [folder.name, await stopNetns(host, folder, 0)] as const),
  );
  await killStrays(host, runDir, new Set(names));
  await Promise.all(folders.flatMap(({ path, logs }) => [host.remove(path), host.remove(logs)]));
  return Object.fromEntries(outcomes);
}

/**
 * Kill what looks like a netns and is not known to be one: its starter was killed. Again until there is none, since
 * one that sets up a netns may have started another process meanwhile.
 * @param names null: all; else only these, and those whose pid nobody wrote down.
 * @throws TimeoutError where there are always others.
 */
export async function killStrays(
  host: Host,
  runDir: string,
  names: ReadonlySet<string> | null,
): Promise<void> {
  const deadline = Date.now() + STRAYS_TIMEOUT_MS;
  for (;;) {
    const found = await findNetns(host, runDir);
    const strays = await Promise.all(
      [...found].map(async ([name, processes]) => {
        const known =
          names === null || names.has(name) ? undefined : await netnsPid(host, netnsFolder(runDir, name));
        // Those beside a known one are its children, on their way to become another program.
        return known === undefined ? processes : [];
      }),
    );
    if (strays.flat().length === 0) {
      return;
    }
    if (Date.now() > deadline) {
      const pids = strays.flat().map(({ pid }) => pid);
      throw new TimeoutError(
        "the end of namespaces whose start was interrupted",
        STRAYS_TIMEOUT_MS,
        `pid ${pids.join(", ")}`,
      );
    }
    await Promise.all(strays.flat().map((process) => signalProcess(host, process, "SIGKILL")));
  }
}
