import { writeAppliedFile } from "../../nodes/applied-file.ts";
import { DEFAULT_GRACE_MS } from "../../nodes/machines.ts";
import type { NodeOutcome } from "../../nodes/outcome.ts";
import { mapAtOnce } from "../../system/at-once.ts";
import type { Host } from "../../system/host.ts";
import { processors } from "../../system/processors.ts";
import { writeStateFile } from "../../system/state-file.ts";
import { sandboxExec } from "./exec.ts";
import { SANDBOX_LIBRARY } from "./files.ts";
import { launchSandboxes } from "./launch.ts";
import { stopSandbox } from "./power.ts";
import type { SandboxWork } from "./prepare.ts";

const APPLY_TIMEOUT_MS = 60_000;
/** What guest/common/apply ends with when files are in place that take a new start to take effect. */
const TAKES_RESTART = 10;

/** Make all switches what they should be: those that run are updated at once, the others started together. */
export async function bringSandboxes(
  host: Host,
  runDir: string,
  work: readonly SandboxWork[],
): Promise<Readonly<Record<string, NodeOutcome>>> {
  const bring = async (one: SandboxWork): Promise<readonly [SandboxWork, NodeOutcome]> => {
    switch (one.action) {
      case "keep":
        return [one, "kept"];
      case "update":
        return [one, await update(host, one)];
      case "restart":
        await stopSandbox(host, one.folder, DEFAULT_GRACE_MS);
        return [one, "restarted"];
      case "start":
        return [one, "started"];
    }
  };
  // An update of FRR is a second's work for a processor, and has a deadline.
  const outcomes = await mapAtOnce(work, await processors(host), bring);
  const started = outcomes.filter(([, outcome]) => outcome !== "kept" && outcome !== "updated");
  await Promise.all(started.map(([one]) => writeArchive(host, one)));
  await launchSandboxes(
    host,
    runDir,
    started.map(([{ record }]) => record),
  );
  return Object.fromEntries(outcomes.map(([{ node }, outcome]) => [node.name, outcome]));
}

async function update(host: Host, work: SandboxWork): Promise<"updated" | "restarted"> {
  const { folder } = work;
  const { exitCode } = await sandboxExec(
    host,
    folder,
    { file: "sh", args: [`${SANDBOX_LIBRARY}/apply`], input: work.archive },
    { timeoutMs: APPLY_TIMEOUT_MS, okExitCodes: [TAKES_RESTART] },
  );
  if (exitCode === TAKES_RESTART) {
    await stopSandbox(host, folder, DEFAULT_GRACE_MS);
    return "restarted";
  }
  await writeArchive(host, work);
  return "updated";
}

/** The digests come last: had we been killed before, the next `up` must apply again. */
async function writeArchive(host: Host, { folder, archive, digests }: SandboxWork): Promise<void> {
  await host.makeDirectory(folder.path, 0o700);
  await writeStateFile(host, folder.archive, archive, 0o600);
  await writeAppliedFile(host, folder.applied, digests);
}
