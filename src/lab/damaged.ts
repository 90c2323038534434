import { allBackends } from "../backends/find.ts";
import type { Backends } from "../backends/model/backend.ts";
import type { Settings } from "../config/settings.ts";
import { findRecord, recordPath } from "../host/record.ts";
import { OWED_FORM } from "../hosts/owed.ts";
import { APPLIED_FORM } from "../nodes/applied-file.ts";
import { appliedPath, nodesFolder } from "../nodes/run-paths.ts";
import { statePaths } from "../nodes/state-paths.ts";
import type { Host } from "../system/host.ts";
import { readStateFile, type StateFile } from "../system/state-file.ts";

/** Returns a line for each damaged file of ours in the running fabric, with the remedy. */
export async function damagedFiles(
  host: Host,
  settings: Settings,
  backends: Backends,
): Promise<readonly string[]> {
  const names = await host.list(nodesFolder(settings.runDir));
  const all = await allBackends(backends);
  const found = await Promise.all([
    ...names.map(async (name) => {
      const path = appliedPath(settings.runDir, name);
      const files = await Promise.all([
        ...all.map((backend) => backend.stateFiles(host, settings.runDir, name)),
        readStateFile(host, path, APPLIED_FORM).then((file) => [{ path, file }]),
      ]);
      return files
        .flat()
        .flatMap(({ path, file }) => describe(path, file, "run 'ikvswitch up' to rewrite it"));
    }),
    readStateFile(host, statePaths(settings.stateDir).owed, OWED_FORM).then((file) =>
      describe(statePaths(settings.stateDir).owed, file, "delete it; 'ikvswitch up' removes what was owed"),
    ),
    findRecord(host, settings.stateDir).then((record) =>
      describe(recordPath(settings.stateDir), record, "run 'ikvswitch down' to remove it"),
    ),
  ]);
  return found.flat();
}

function describe(path: string, file: StateFile<unknown>, fix: string): readonly string[] {
  return file.kind === "damaged" ? [`${path} is damaged: ${file.reason}; ${fix}`] : [];
}
