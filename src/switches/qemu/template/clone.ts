import type { Command, Host } from "../../../system/host.ts";
import { pullCablesOfTapsDown, thawMachine } from "../faults.ts";
import type { Launch } from "../launch.ts";
import { loadState } from "../load-state.ts";
import { startMachine } from "../machine.ts";
import { nodePaths } from "../paths.ts";
import { completeClone } from "./complete.ts";

export interface CloneRequest {
  readonly runDir: string;
  /** How the machine is started when it boots. */
  readonly launch: Launch;
  /** The same machine as a clone of the template. */
  readonly command: Command;
  /** File with the state of the template's processor and devices. */
  readonly state: string;
  /** The node's files as a cpio archive. */
  readonly files: Uint8Array;
  readonly timeoutMs: number;
}

/**
 * Start a node's machine as a clone of its template, whose folders and disk are ready, and make it the node: its
 * clock, its own random state, then its files, MACs and names, before any card is up or sshd runs.
 * @throws CommandError, TimeoutError when it does not come that far; its machine may be running then.
 */
export async function startClone(host: Host, request: CloneRequest): Promise<void> {
  const { runDir, launch, command } = request;
  const paths = nodePaths(runDir, launch.node);
  const deadline = Date.now() + request.timeoutMs;
  const remaining = () => Math.max(1, deadline - Date.now());
  await startMachine(host, paths, { ...launch, command });
  await loadState(host, paths, {
    state: request.state,
    capabilities: ["x-ignore-shared"],
    timeoutMs: remaining(),
  });
  await thawMachine(host, runDir, launch.node);
  await pullCablesOfTapsDown(host, runDir, launch);
  await completeClone(host, paths, request.files, remaining());
}
