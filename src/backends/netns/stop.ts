import { TimeoutError } from "../../errors.ts";
import type { StopOutcome } from "../../nodes/machines.ts";
import type { Host } from "../../system/host.ts";
import { signalProcess } from "../../system/process-identity.ts";
import { keepLeases } from "./leases.ts";
import { netnsFolder } from "./netns-folder.ts";
import { stopNetns } from "./power.ts";
import { findNetns, netnsPid } from "./process.ts";

const STRAYS_TIMEOUT_MS = 10_000;

/**
 * Ends these netns at once, including processes about to become one of them, keeps their leases, and removes the host's
 * other files of them.
 * @param onWarning called for each whose leases can't be kept.
 */
export async function endNetns(
  host: Host,
  runDir: string,
  names: readonly string[],
  onWarning: (text: string) => void,
): Promise<Readonly<Record<string, StopOutcome>>> {
  const folders = names.map((name) => netnsFolder(runDir, name));
  const outcomes = await Promise.all(
    folders.map(async (folder) => [folder.name, await stopNetns(host, folder, 0)] as const),
  );
  await killStrays(host, runDir, new Set(names));
  await Promise.all(folders.map((folder) => keepLeases(host, folder, onWarning)));
  await Promise.all(folders.flatMap(({ path, logs }) => [host.remove(path), host.remove(logs)]));
  return Object.fromEntries(outcomes);
}

/**
 * Kills processes that look like a netns but are not a known one, because their starter was killed. Repeats this until
 * there is none, since such a process may have started another one meanwhile.
 * @param names null: all; otherwise only these nodes, and nodes without a recorded pid.
 * @throws TimeoutError if new ones keep appearing.
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
        // Other processes of a known netns are its children, about to become another program.
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
