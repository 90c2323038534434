import type { Host } from "../../system/host.ts";
import { sandboxPaths } from "./paths.ts";
import { type KeptRecord, writeRecord } from "./record.ts";

/** For all sandboxes of a large fabric, on a busy machine. */
const TIMEOUT_MS = 120_000;

/** Whoever is in the sandbox may write to it, and nobody gets to it by its name. */
const LOG_MODE = 0o622;

/**
 * Start the sandboxes of nodes whose archives are in place. Returns when all have their ports and start their
 * programs.
 * @throws CommandError when one could not be made: then none of them goes on.
 */
export async function launchSandboxes(
  host: Host,
  runDir: string,
  records: readonly KeptRecord[],
): Promise<void> {
  const [first] = records;
  if (first === undefined) {
    return;
  }
  const all = records.map((record) => ({ record, paths: sandboxPaths(runDir, record.node) }));
  await Promise.all(
    all.flatMap(({ record, paths }) => [
      writeRecord(host, paths, record),
      // Not a new file with that mode, which the process's umask would cut.
      host.writeFile(paths.log, ""),
    ]),
  );
  const logs = all.map(({ paths }) => paths.log);
  await host.run({ file: "chmod", args: [LOG_MODE.toString(8), ...logs] });
  await host.run(
    {
      file: "bash",
      args: [
        `${first.library}/launch`,
        first.library,
        first.network,
        ...all.map(({ paths }) => paths.folder),
      ],
      input: records.flatMap(({ wires }) => wires.map((line) => `${line}\n`)).join(""),
    },
    { timeoutMs: TIMEOUT_MS, closeFiles: true },
  );
}
