import type { Host } from "../../system/host.ts";
import type { StopOutcome } from "../machines.ts";
import { nodesFolder } from "../qemu/paths.ts";
import { stopSandbox } from "./machines.ts";
import { sandboxPaths } from "./paths.ts";
import { findSandboxes, sandboxPid } from "./process.ts";

/**
 * End sandboxes and what was about to become one, and remove what the host kept of them.
 * @param names none: all there are.
 */
export async function stopSandboxes(
  host: Host,
  runDir: string,
  { names, graceMs }: { readonly names?: readonly string[]; readonly graceMs: number },
): Promise<Readonly<Record<string, StopOutcome>>> {
  const all = names ?? (await host.list(nodesFolder(runDir)));
  const outcomes = await Promise.all(
    all.map(async (name) => [name, await stopSandbox(host, runDir, name, graceMs)] as const),
  );
  await killStrays(host, runDir, names === undefined ? null : new Set(names));
  await Promise.all(all.map((name) => host.remove(sandboxPaths(runDir, name).folder)));
  return Object.fromEntries(outcomes);
}

/**
 * Kill what looks like a sandbox and is not known to be one: its starter was killed. Again until there is none, since
 * one that sets up a sandbox may have started another process meanwhile.
 * @param names null: all; else only these, and those whose pid nobody wrote down.
 */
export async function killStrays(
  host: Host,
  runDir: string,
  names: ReadonlySet<string> | null,
): Promise<void> {
  for (;;) {
    const found = await findSandboxes(host, runDir);
    const strays = await Promise.all(
      [...found].map(async ([name, pids]) => {
        const known =
          names === null || names.has(name) ? undefined : await sandboxPid(host, sandboxPaths(runDir, name));
        // Those beside a known one are its children, on their way to become another program.
        return known === undefined ? pids : [];
      }),
    );
    if (strays.flat().length === 0) {
      return;
    }
    await Promise.all(strays.flat().map((pid) => host.kill(pid, "SIGKILL")));
  }
}
