import { mountLogs } from "../../../nodes/log-folder.ts";
import type { Host } from "../../../system/host.ts";
import { settleAll } from "../../../system/settle-all.ts";
import type { Resumed } from "../../model/snapshots.ts";
import { killMachines } from "../down.ts";
import { pullCablesOfTapsDown, setCarrier } from "../faults.ts";
import { deriveLaunch } from "../launch.ts";
import { loadState } from "../load-state.ts";
import { startMachine } from "../machine.ts";
import { type MemoryCopies, memoryCopies } from "../memory-copies.ts";
import type { NodeFolder } from "../node-folder.ts";
import type { NodeWork } from "../prepare.ts";
import { prepareStarts } from "../prepare-starts.ts";
import { machinePid } from "../process.ts";
import { givePrecedence } from "../time-slicing/precedence.ts";
import { runSliced } from "../time-slicing/run-sliced.ts";
import type { CloneSource } from "../warm-base/provide.ts";

export interface RestoredMachines extends Pick<Resumed, "endPrecedence"> {
  /** How long each has run when all run without pause, in ms. */
  readonly ranMs: number;
}

export interface RestoreAllOptions {
  readonly runDir: string;
  readonly vncPassword: string;
  /** The saved state from which each node resumes. */
  readonly sources: ReadonlyMap<string, CloneSource>;
  readonly timeoutMs: number;
  /** Number of the host's processors. */
  readonly processors: number;
  /** Called for each node whose VM has started, before its state is loaded. */
  readonly beforeLoad: (folder: NodeFolder) => Promise<void>;
  /**
   * Other VMs that are loaded at the same time and resume together with these: a function that loads each, and its QMP
   * socket.
   */
  readonly alongside: readonly { readonly load: () => Promise<void>; readonly qmp: string }[];
  readonly interrupted?: AbortSignal;
  /** Called with the progress. */
  readonly note: (text: string) => void;
}

/**
 * Starts the VMs of all these nodes, none of which runs, from their saved state, and resumes them together.
 * @throws CommandError, TimeoutError, InterruptedError if one of them cannot be resumed; all are off then.
 */
export async function restoreAll(
  host: Host,
  work: readonly NodeWork[],
  options: RestoreAllOptions,
): Promise<RestoredMachines> {
  const { runDir, alongside, interrupted } = options;
  await mountLogs(host, runDir);
  await prepareStarts(host, work, options);
  // Until all are resumed, each is marked as an incomplete clone: see decide.
  const marks = work.map(({ folder }) => folder.cloning);
  await Promise.all(marks.map((mark) => host.writeFile(mark, "")));
  const copies = memoryCopies(host);
  try {
    await settleAll([
      ...work.map((one) => startFromSnapshot(host, one, copies, options)),
      ...alongside.map(({ load }) => load()),
    ]).finally(copies.end);
    interrupted?.throwIfAborted();
    return await resumeTogether(host, work, options);
  } catch (error) {
    // Kills every VM: one that failed to start may not have written its pid file yet.
    await killMachines(host, runDir);
    throw error;
  } finally {
    await Promise.all(marks.map((mark) => host.remove(mark)));
  }
}

/** Resumes the VMs, and other ones, with precedence over other programs of the host. */
async function resumeTogether(
  host: Host,
  work: readonly NodeWork[],
  options: RestoreAllOptions,
): Promise<RestoredMachines> {
  const pids = await Promise.all(work.map(({ folder }) => machinePid(host, folder)));
  const sockets = [...work.map(({ folder }) => folder.qmp), ...options.alongside.map(({ qmp }) => qmp)];
  // KVM translates no code, so all can resume at once.
  const emulated = work.some(({ launch }) => launch.accelerator === "tcg");
  const processors = emulated ? options.processors : sockets.length;
  // Also to this process, which pauses a VM at the end of each slice, and queries the switches.
  const endPrecedence = await givePrecedence(host, [process.pid, ...pids.flatMap((pid) => pid ?? [])]);
  try {
    return { ranMs: await runSliced(host, sockets, { ...options, processors }), endPrecedence };
  } catch (error) {
    await endPrecedence();
    throw error;
  }
}

/** Starts a VM with its saved state, to the point where it is loaded and paused. */
async function startFromSnapshot(
  host: Host,
  { node, folder, launch: spec }: NodeWork,
  copies: MemoryCopies,
  { sources, timeoutMs, beforeLoad }: RestoreAllOptions,
): Promise<void> {
  const source = sources.get(node.name);
  if (source === undefined) {
    throw new Error(`${node.name} has no source`);
  }
  const launch = deriveLaunch(spec, folder, source.memory);
  await startMachine(host, folder, launch, await copies.of(source.memory.source));
  await beforeLoad(folder);
  await loadState(host, folder, { state: source.state, capabilities: [], timeoutMs });
  // A carrier that was down when it was saved is up now, unless its tap is down.
  await setCarrier(host, folder, { ports: node.ports.map(({ name }) => name), on: true });
  await pullCablesOfTapsDown(host, folder, launch);
}
