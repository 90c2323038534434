import type { Host } from "../system/host.ts";
import { prepareStarts } from "./bring.ts";
import type { NodeWork } from "./prepare.ts";
import { pullCablesOfTapsDown, setCarrier, thawMachine } from "./qemu/faults.ts";
import { loadState } from "./qemu/load-state.ts";
import { powerOff, startMachine } from "./qemu/machine.ts";
import { nodePaths } from "./qemu/paths.ts";
import type { CloneSource } from "./qemu/template/provide.ts";

export interface RestoreAllOptions {
  readonly runDir: string;
  readonly rootPassword: string;
  /** What each node goes on from. */
  readonly sources: ReadonlyMap<string, CloneSource>;
  readonly timeoutMs: number;
  /** Others that are made ready at the same time, and go on together with these. */
  readonly alongside: readonly { readonly load: () => Promise<void>; readonly go: () => Promise<void> }[];
}

/**
 * Start the machines of all these nodes, none of which runs, from what was kept of them, and let them go on together.
 * @throws CommandError, TimeoutError when one does not come that far; all are off then.
 */
export async function restoreAll(
  host: Host,
  work: readonly NodeWork[],
  options: RestoreAllOptions,
): Promise<void> {
  const { runDir } = options;
  await prepareStarts(host, work, options);
  // Until all go on, none is a switch: see decide.
  const marks = work.map(({ node }) => nodePaths(runDir, node.name).cloning);
  await Promise.all(marks.map((mark) => host.writeFile(mark, "")));
  try {
    await Promise.all([
      ...work.map((one) => startFromSnapshot(host, one, options)),
      ...options.alongside.map(({ load }) => load()),
    ]);
    await Promise.all([
      ...work.map(({ node }) => thawMachine(host, runDir, node.name)),
      ...options.alongside.map(({ go }) => go()),
    ]);
  } catch (error) {
    await Promise.all(work.map(({ node }) => powerOff(host, runDir, node.name)));
    throw error;
  } finally {
    await Promise.all(marks.map((mark) => host.remove(mark)));
  }
}

/** Up to where it stands still with all that it had. */
async function startFromSnapshot(
  host: Host,
  { node, launch }: NodeWork,
  { runDir, sources, timeoutMs }: RestoreAllOptions,
): Promise<void> {
  const source = sources.get(node.name);
  if (source === undefined) {
    throw new Error(`${node.name} has no source`);
  }
  const paths = nodePaths(runDir, node.name);
  await startMachine(host, paths, { ...launch, command: source.command });
  await loadState(host, paths, { state: source.state, capabilities: [], timeoutMs });
  // A cable that was out when it was saved is in now, unless its tap is down.
  await setCarrier(host, runDir, node.name, { ports: node.ports.map(({ name }) => name), on: true });
  await pullCablesOfTapsDown(host, runDir, launch);
}
