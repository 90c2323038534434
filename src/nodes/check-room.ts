import type { Settings } from "../config/settings.ts";
import type { Node } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { checkRoom } from "../system/room.ts";
import { nodesFolder } from "./run-paths.ts";

/** Of such a switch. */
const RUN_FILES = 25;
/** Keys and other things that stay, in STATE_DIR. */
const STATE_MIB = 0.1;
const STATE_FILES = 10;
/** For all else. */
const MORE_MIB = 4;
const MORE_FILES = 100;

/**
 * Check that the fabric's files have room. Images, warm bases and snapshots are checked by those who make them.
 * @throws PreflightError where RUN_DIR or STATE_DIR is full or can't be written to.
 */
export async function checkFabricRoom(
  host: Host,
  {
    settings: { runDir, stateDir },
    runMiB,
    nodes,
  }: {
    readonly settings: Pick<Settings, "runDir" | "stateDir">;
    /** What the files of a switch that is not there yet take at most in RUN_DIR. */
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
 * Check that the files of a switch that is stopped and started again have room.
 * @throws PreflightError where RUN_DIR is full or can't be written to.
 */
export async function checkRestartRoom(host: Host, runDir: string): Promise<void> {
  await checkRoom(host, [{ key: "RUN_DIR", path: runDir, mib: 1, files: RUN_FILES }]);
}
