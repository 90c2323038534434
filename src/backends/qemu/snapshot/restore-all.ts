import { mountLogs } from "../../../nodes/log-folder.ts";
import type { Host } from "../../../system/host.ts";
import { settleAll } from "../../../system/settle-all.ts";
import { killMachines } from "../down.ts";
import { pullCablesOfTapsDown, setCarrier } from "../faults.ts";
import { deriveLaunch } from "../launch.ts";
import { loadState } from "../load-state.ts";
import { startMachine } from "../machine.ts";
import { type MemoryCopies, memoryCopies } from "../memory-copies.ts";
import type { NodeWork } from "../prepare.ts";
import { prepareStarts } from "../prepare-starts.ts";
import { runSliced } from "../time-slicing/run-sliced.ts";
import type { CloneSource } from "../warm-base/provide.ts";

export interface RestoreAllOptions {
  readonly runDir: string;
  readonly vncPassword: string;
  /** What each node goes on from. */
  readonly sources: ReadonlyMap<string, CloneSource>;
  readonly timeoutMs: number;
  /** Of the host. */
  readonly processors: number;
  /** Others that are made ready at the same time, and go on together with these: how, and their QMP sockets. */
  readonly alongside: readonly { readonly load: () => Promise<void>; readonly qmp: string }[];
  readonly interrupted?: AbortSignal;
  /** Told how far it is. */
  readonly note: (text: string) => void;
}

/**
 * Start the machines of all these nodes, none of which runs, from what was kept of them, and let them go on together.
 * @returns how long each has run when all go on without pause, in ms.
 * @throws CommandError, TimeoutError, InterruptedError when one does not come that far; all are off then.
 */
export async function restoreAll(
  host: Host,
  work: readonly NodeWork[],
  options: RestoreAllOptions,
): Promise<number> {
  const { runDir, alongside, interrupted } = options;
  await mountLogs(host, runDir);
  await prepareStarts(host, work, options);
  // Until all go on, none is a switch: see decide.
  const marks = work.map(({ folder }) => folder.cloning);
  await Promise.all(marks.map((mark) => host.writeFile(mark, "")));
  const copies = memoryCopies(host);
  try {
    await settleAll([
      ...work.map((one) => startFromSnapshot(host, one, copies, options)),
      ...alongside.map(({ load }) => load()),
    ]).finally(copies.end);
    interrupted?.throwIfAborted();
    const own = work.map(({ folder }) => folder.qmp);
    const sockets = [...own, ...alongside.map(({ qmp }) => qmp)];
    // With KVM nothing has to be translated, so that all can go on at once.
    const emulated = work.some(({ launch }) => launch.accelerator === "tcg");
    const processors = emulated ? options.processors : sockets.length;
    return await runSliced(host, sockets, { ...options, processors });
  } catch (error) {
    // All that there are: one that failed to start may not have come as far as its pid file.
    await killMachines(host, runDir);
    throw error;
  } finally {
    await Promise.all(marks.map((mark) => host.remove(mark)));
  }
}

/** Up to where it stands still with all that it had. */
async function startFromSnapshot(
  host: Host,
  { node, folder, launch: spec }: NodeWork,
  copies: MemoryCopies,
  { sources, timeoutMs }: RestoreAllOptions,
): Promise<void> {
  const source = sources.get(node.name);
  if (source === undefined) {
    throw new Error(`${node.name} has no source`);
  }
  const launch = deriveLaunch(spec, folder, source.memory);
  await startMachine(host, folder, launch, await copies.of(source.memory.source));
  await loadState(host, folder, { state: source.state, capabilities: [], timeoutMs });
  // A cable that was out when it was saved is in now, unless its tap is down.
  await setCarrier(host, folder, { ports: node.ports.map(({ name }) => name), on: true });
  await pullCablesOfTapsDown(host, folder, launch);
}
