import { dirname } from "node:path";
import type { Host } from "../system/host.ts";
import { checkRoom, type Place } from "../system/room.ts";
import type { Phase } from "./model/actions.ts";

/** Far more than any of these files needs. */
const MIB = 1;

/**
 * Checks that there is room for the files that a start of the host's network writes, in the state directory and in the
 * folders of network managers.
 * @throws PreflightError with every folder that is full or can't be written to.
 */
export async function checkHostRoom(host: Host, stateDir: string, phases: readonly Phase[]): Promise<void> {
  const files = phases
    .flatMap(({ actions }) => actions)
    .flatMap((action) => (action.kind === "write-file" ? [dirname(action.path)] : []));
  const places = [...new Set(files)].map((path): Place => {
    const place = { path, mib: MIB, files: files.length + 1 };
    return path === stateDir ? { key: "STATE_DIR", ...place } : place;
  });
  await checkRoom(host, places);
}
