import { writeAppliedFile } from "../../nodes/applied-file.ts";
import { DEFAULT_GRACE_MS } from "../../nodes/machines.ts";
import type { NodeOutcome } from "../../nodes/outcome.ts";
import { tellStates } from "../../nodes/tell-states.ts";
import { mapAtOnce } from "../../system/at-once.ts";
import type { Host } from "../../system/host.ts";
import { processors } from "../../system/processors.ts";
import type { Note } from "../../system/progress.ts";
import { writeStateFile } from "../../system/state-file.ts";
import { PROGRAM_FOLDER } from "../model/guest-files.ts";
import { netnsExec } from "./exec.ts";
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
  note: Note,
): Promise<Readonly<Record<string, NodeOutcome>>> {
  const outcomes: Record<string, NodeOutcome> = {};
  const { begin, done } = tellStates(
    work.map(({ node }) => node.name),
    outcomes,
    note,
  );
  // An update of FRR takes a processor one second, and has a deadline.
  const prepared = await mapAtOnce(work, await processors(host), async (one) => {
    begin(one.node.name, BEGINNINGS[one.action]);
    const outcome = await bring(host, one);
    if (isFinal(outcome)) {
      done(one.node.name, outcome);
    }
    return [one, outcome] as const;
  });
  const started = prepared.filter(([, outcome]) => !isFinal(outcome));
  for (const [{ node }] of started) {
    begin(node.name, "starting");
  }
  await Promise.all(started.map(([one]) => writeArchive(host, one)));
  await launchNetns(
    host,
    runDir,
    started.map(([{ record }]) => record),
  );
  for (const [{ node }, outcome] of started) {
    done(node.name, outcome);
  }
  return Object.fromEntries(prepared.map(([{ node }, outcome]) => [node.name, outcome]));
}

const BEGINNINGS = { keep: "running", update: "updating", restart: "stopping", start: "waiting" } as const;

/** False where the switch has still to be started. */
function isFinal(outcome: NodeOutcome): boolean {
  return outcome === "kept" || outcome === "updated";
}

/** Updates a running switch, or stops it if it has to be started again. */
async function bring(host: Host, one: NetnsWork): Promise<NodeOutcome> {
  switch (one.action) {
    case "keep":
      return "kept";
    case "update":
      return update(host, one);
    case "restart":
      await stopNetns(host, one.folder, DEFAULT_GRACE_MS);
      return "restarted";
    case "start":
      return "started";
  }
}

async function update(host: Host, work: NetnsWork): Promise<"updated" | "restarted"> {
  const { folder } = work;
  const { exitCode } = await netnsExec(
    host,
    folder,
    { file: "sh", args: [`${PROGRAM_FOLDER}/apply`], input: work.archive },
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
