import { CommandError } from "../../errors.ts";
import type { Cluster } from "../../incus/client.ts";
import { runProgram } from "../../incus/exec.ts";
import { pushFile } from "../../incus/files.ts";
import {
  changeState,
  configureInstance,
  createInstance,
  deleteInstance,
  findInstance,
} from "../../incus/instances.ts";
import { leasesFile } from "../../nodes/leases-file.ts";
import { DEFAULT_GRACE_MS, MAX_ANSWER_BYTES } from "../../nodes/machines.ts";
import type { NodeOutcome } from "../../nodes/outcome.ts";
import { tellStates } from "../../nodes/tell-states.ts";
import { mapAtOnce } from "../../system/at-once.ts";
import type { Host } from "../../system/host.ts";
import { pause } from "../../system/pause.ts";
import type { Note } from "../../system/progress.ts";
import { PROGRAM_FOLDER } from "../model/guest-files.ts";
import { ARCHIVE_PATH } from "./files.ts";
import { ENVIRONMENT } from "./inside.ts";
import { keepLeases, restoreLeases } from "./leases.ts";
import { KEYS } from "./names.ts";
import { type ContainerWork, isMadeAs } from "./prepare.ts";

const APPLY_TIMEOUT_MS = 60_000;
/** Exit code of guest/common/apply if the files are in place but need a restart to take effect. */
const TAKES_RESTART = 10;
/** Calls at a time: each member does several at once, and other users of the cluster have to wait. */
const AT_ONCE = 16;

export interface BringRequest {
  readonly stateDir: string;
  readonly work: readonly ContainerWork[];
  readonly note: Note;
  readonly onWarning: (text: string) => void;
}

/** Brings all switches to the planned state. */
export async function bringContainers(
  host: Host,
  cluster: Cluster,
  { work, note, ...request }: BringRequest,
): Promise<Readonly<Record<string, NodeOutcome>>> {
  const outcomes: Record<string, NodeOutcome> = {};
  const { begin, done } = tellStates(
    work.map(({ node }) => node.name),
    outcomes,
    note,
  );
  await mapAtOnce(work, AT_ONCE, async (one) => {
    const tell = (state: string) => begin(one.node.name, state);
    done(one.node.name, await bring(host, cluster, one, { ...request, tell }));
  });
  return outcomes;
}

interface Bringing extends Pick<BringRequest, "stateDir" | "onWarning"> {
  /** Called with what is being done. */
  readonly tell: (state: string) => void;
}

async function bring(
  host: Host,
  cluster: Cluster,
  one: ContainerWork,
  request: Bringing,
): Promise<NodeOutcome> {
  switch (one.action) {
    case "keep":
      return "kept";
    case "update":
      return update(host, cluster, one, request);
    case "restart":
      await restart(host, cluster, one, request);
      return "restarted";
    case "start":
      await start(host, cluster, one, request);
      return "started";
  }
}

async function update(
  host: Host,
  cluster: Cluster,
  one: ContainerWork,
  request: Bringing,
): Promise<NodeOutcome> {
  request.tell("updating");
  const command = { file: "sh", args: [`${PROGRAM_FOLDER}/apply`], input: one.archive };
  const { exitCode, stderr } = await runProgram(
    cluster,
    { instance: one.wanted.name, command, environment: ENVIRONMENT },
    { timeoutMs: APPLY_TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES },
  );
  if (exitCode === TAKES_RESTART) {
    await restart(host, cluster, one, request);
    return "restarted";
  }
  if (exitCode !== 0) {
    throw new CommandError(`apply in ${one.node.name}`, exitCode, stderr.toString());
  }
  await giveFiles(cluster, one);
  return "updated";
}

async function restart(host: Host, cluster: Cluster, one: ContainerWork, request: Bringing): Promise<void> {
  request.tell("stopping");
  const { name } = one.existing ?? one.wanted;
  await changeState(cluster, name, { action: "stop", graceMs: DEFAULT_GRACE_MS }).catch(() =>
    changeState(cluster, name, { action: "stop", force: true }),
  );
  await start(host, cluster, one, request);
}

/** Starts a switch that is off, with a new instance unless there is one that can be used. */
async function start(
  host: Host,
  cluster: Cluster,
  one: ContainerWork,
  { stateDir, onWarning, tell }: Bringing,
): Promise<void> {
  const { node, existing, wanted } = one;
  const isUsable = isMadeAs(existing, wanted);
  if (existing !== undefined && !isUsable) {
    tell("deleting");
    await keepLeases(host, cluster, existing, { stateDir, onWarning });
    await deleteInstance(cluster, existing.name);
  }
  if (!isUsable) {
    tell("creating");
    await createInstance(cluster, wanted);
    const file = leasesFile(stateDir, node);
    if (file !== null) {
      await restoreLeases(host, cluster, { instance: wanted.name, file });
    }
  }
  tell("copying files");
  await giveFiles(cluster, one);
  tell("starting");
  await startInstance(cluster, wanted.name, isUsable ? START_ATTEMPTS : 1);
}

/** A member that was started after a crash refuses to start its instances for some seconds. */
const START_ATTEMPTS = 4;
const START_PAUSE_MS = 5_000;

async function startInstance(cluster: Cluster, name: string, attempts: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await changeState(cluster, name, { action: "start" });
      return;
    } catch (error) {
      const found = await findInstance(cluster, name);
      if (found?.status === "Running") {
        return;
      }
      if (attempt >= attempts) {
        throw error;
      }
    }
    await pause(START_PAUSE_MS, undefined);
  }
}

/** Sets the digests last: if this process is killed before, the next `up` must apply the files again. */
async function giveFiles(cluster: Cluster, { wanted, archive, digests }: ContainerWork): Promise<void> {
  await pushFile(cluster, wanted.name, { path: ARCHIVE_PATH, content: archive, mode: 0o600 });
  await configureInstance(cluster, wanted.name, { [KEYS.applied]: JSON.stringify(digests) });
}
