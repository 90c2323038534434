import { writeAppliedFile } from "../../nodes/applied-file.ts";
import { DEFAULT_GRACE_MS } from "../../nodes/machines.ts";
import type { NodeOutcome } from "../../nodes/outcome.ts";
import { mapAtOnce } from "../../system/at-once.ts";
import type { Host } from "../../system/host.ts";
import { processors } from "../../system/processors.ts";
import { writeStateFile } from "../../system/state-file.ts";
import { netnsExec } from "./exec.ts";
import { LAUNCHER_FOLDER } from "./files.ts";
import { launchNetns } from "./launch.ts";
import { stopNetns } from "./power.ts";
import type { NetnsWork } from "./prepare.ts";

const APPLY_TIMEOUT_MS = 60_000;
/** Exit code of guest/common/apply if the files are in place but need a restart to take effect. */
const TAKES_RESTART = 10;

/** Brings all switches to the planned state: updates the running ones first, then starts the others together. */
export async function bringAllNetns(
  host: Host,
  runDir: string,
  work: readonly NetnsWork[],
): Promise<Readonly<Record<string, NodeOutcome>>> {
  const bring = async (one: NetnsWork): Promise<readonly [NetnsWork, NodeOutcome]> => {
    switch (one.action) {
      case "keep":
        return [one, "kept"];
      case "update":
        return [one, await update(host, one)];
      case "restart":
        await stopNetns(host, one.folder, DEFAULT_GRACE_MS);
        return [one, "restarted"];
      case "start":
        return [one, "started"];
    }
  };
  // An update of FRR takes a processor one second, and has a deadline.
  const outcomes = await mapAtOnce(work, await processors(host), bring);
  const started = outcomes.filter(([, outcome]) => outcome !== "kept" && outcome !== "updated");
  await Promise.all(started.map(([one]) => writeArchive(host, one)));
  await launchNetns(
    host,
    runDir,
    started.map(([{ record }]) => record),
  );
  return Object.fromEntries(outcomes.map(([{ node }, outcome]) => [node.name, outcome]));
}

async function update(host: Host, work: NetnsWork): Promise<"updated" | "restarted"> {
  const { folder } = work;
  const { exitCode } = await netnsExec(
    host,
    folder,
    { file: "sh", args: [`${LAUNCHER_FOLDER}/apply`], input: work.archive },
    { timeoutMs: APPLY_TIMEOUT_MS, okExitCodes: [TAKES_RESTART] },
  );
  if (exitCode === TAKES_RESTART) {
    await stopNetns(host, folder, DEFAULT_GRACE_MS);
    return "restarted";
  }
  await writeArchive(host, work);
  return "updated";
}

/** Writes the digests last: if this process is killed before, the next `up` must apply the files again. */
async function writeArchive(host: Host, { folder, archive, digests }: NetnsWork): Promise<void> {
  await host.makeDirectory(folder.path, 0o700);
  await writeStateFile(host, folder.archive, archive, 0o600);
  await writeAppliedFile(host, folder.applied, digests);
}
