import { sandboxPaths } from "../backends/netns/paths.ts";
import { RECORD_FORM } from "../backends/netns/record.ts";
import { LAUNCH_FORM } from "../backends/qemu/launch.ts";
import { nodePaths, nodesFolder } from "../backends/qemu/paths.ts";
import type { Config } from "../config/types.ts";
import { findRecord, recordPath } from "../host/record.ts";
import { APPLIED_FORM } from "../nodes/applied-file.ts";
import type { Host } from "../system/host.ts";
import { readStateFile, type StateFile } from "../system/state-file.ts";

/** A line for each of our own files of the running fabric that is not what we write, with what helps. */
export async function damagedFiles(host: Host, config: Config): Promise<readonly string[]> {
  const names = await host.list(nodesFolder(config.RUN_DIR));
  const documents = names.flatMap((name) => {
    const { record, applied } = sandboxPaths(config.RUN_DIR, name);
    const { launch } = nodePaths(config.RUN_DIR, name);
    return [
      { path: record, form: RECORD_FORM },
      { path: launch, form: LAUNCH_FORM },
      { path: applied, form: APPLIED_FORM },
    ];
  });
  const found = await Promise.all([
    ...documents.map(async ({ path, form }) =>
      describe(path, await readStateFile(host, path, form), "`ikvswitch up` writes it anew"),
    ),
    findRecord(host, config.STATE_DIR).then((record) =>
      describe(recordPath(config.STATE_DIR), record, "`ikvswitch down` removes it"),
    ),
  ]);
  return found.flat();
}

function describe(path: string, file: StateFile<unknown>, fix: string): readonly string[] {
  return file.kind === "damaged" ? [`${path} is damaged: ${file.reason}; ${fix}`] : [];
}
