import { fabricNumber } from "../../fabric/mark.ts";
import { logFolder, mountLogs } from "../../nodes/log-folder.ts";
import { groupIn } from "../../system/cgroups/fabric-group.ts";
import { type MadeGroups, makeGroups } from "../../system/cgroups/groups.ts";
import type { Host } from "../../system/host.ts";
import { writeStateFile } from "../../system/state-file.ts";
import { restoreLeases } from "./leases.ts";
import { netnsFolder } from "./netns-folder.ts";
import { portLine } from "./netns-ports.ts";
import type { KeptRecord } from "./record.ts";
import { writeRecord } from "./record-file.ts";

/** Limit for all netns of a large fabric, on a busy host. */
const TIMEOUT_MS = 120_000;

/** Every user in the netns may write to the log, but none can reach it by name. */
const LOG_MODE = 0o622;

/**
 * Starts the netns of nodes whose archives are in place. Returns when all of them have their ports and start their
 * programs.
 * @throws CommandError if one could not be made; none of them continues then.
 */
export async function launchNetns(host: Host, runDir: string, records: readonly KeptRecord[]): Promise<void> {
  const [first] = records;
  if (first === undefined) {
    return;
  }
  const groups = await makeGroups(
    host,
    groupIn(first.network, fabricNumber(runDir), "switches"),
    records.map(({ node, limits }) => ({ name: node, limits })),
  );
  const all = records.map((record) => ({
    record: { ...record, cgroups: groups.folders.map((folder) => `${folder}/${record.node}`) },
    folder: netnsFolder(runDir, record.node),
  }));
  await mountLogs(host, runDir);
  await Promise.all(all.map(({ folder }) => host.makeDirectory(folder.logs, 0o700)));
  await Promise.all(
    all.flatMap(({ record, folder }) => [
      writeRecord(host, folder, record),
      // chmod is a separate step below, because the umask would clear bits of a mode given at creation.
      writeStateFile(host, folder.log, ""),
      host.remove(folder.pid),
      host.remove(folder.earlierLog),
    ]),
  );
  await Promise.all(all.map(({ record, folder }) => restoreLeases(host, folder, record)));
  const logs = all.map(({ folder }) => folder.log);
  await host.run({ file: "chmod", args: [LOG_MODE.toString(8), ...logs] });
  await host.run(
    {
      file: "bash",
      args: [
        `${first.library}/launch`,
        first.library,
        first.network,
        groups.folders.join(":"),
        logFolder(runDir),
        ...all.map(({ record, folder }) => netnsWord(record, groups, folder.path)),
      ],
      input: records.flatMap(({ node, ports }) => ports.map((port) => `${portLine(port, node)}\n`)).join(""),
    },
    { timeoutMs: TIMEOUT_MS, closeFiles: true },
  );
}

/**
 * Returns the argument that describes one netns. Without cgroup limits, the number of processes is limited per user,
 * and memory per process.
 */
function netnsWord(
  { user, limits }: KeptRecord,
  { limited }: Pick<MadeGroups, "limited">,
  folder: string,
): string {
  const processes = limited.has("pids") ? "unlimited" : limits.tasks;
  const memory = limited.has("memory") ? "unlimited" : limits.memoryMiB * 1024;
  return [user, processes, memory, folder].join(":");
}
