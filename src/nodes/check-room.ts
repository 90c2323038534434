import type { Settings } from "../config/settings.ts";
import type { Node } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { checkRoom } from "../system/room.ts";
import { nodesFolder } from "./run-paths.ts";

/** Number of files in RUN_DIR per switch. */
const RUN_FILES = 25;
/** Size of keys and other lasting files per switch, in STATE_DIR. */
const STATE_MIB = 0.1;
const STATE_FILES = 10;
/** Size of everything else. */
const MORE_MIB = 4;
const MORE_FILES = 100;

/**
 * Checks that there is room for the fabric's files. Images, warm bases and snapshots have checks of their own.
 * @throws PreflightError if RUN_DIR or STATE_DIR is full or can't be written to.
 */
export async function checkFabricRoom(
  host: Host,
  {
    settings: { runDir, stateDir },
    runMiB,
    nodes,
  }: {
    readonly settings: Pick<Settings, "runDir" | "stateDir">;
    /** Most space that the files of a switch that does not exist yet take in RUN_DIR. */
    readonly runMiB: number;
    readonly nodes: readonly Pick<Node, "name">[];
  },
): Promise<void> {
  const there = new Set(await host.list(nodesFolder(runDir)));
  const count = nodes.filter(({ name }) => !there.has(name)).length;
  const room = (mib: number, files: number) => ({
    mib: Math.ceil(MORE_MIB + mib * count),
    files: MORE_FILES + files * count,
  });
  await checkRoom(host, [
    { key: "RUN_DIR", path: runDir, ...room(runMiB, RUN_FILES) },
    { key: "STATE_DIR", path: stateDir, ...room(STATE_MIB, STATE_FILES) },
  ]);
}

/**
 * Checks that there is room for the files of a switch that is stopped and started again.
 * @throws PreflightError if RUN_DIR is full or can't be written to.
 */
export async function checkRestartRoom(host: Host, runDir: string): Promise<void> {
  await checkRoom(host, [{ key: "RUN_DIR", path: runDir, mib: 1, files: RUN_FILES }]);
}
