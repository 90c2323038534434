import { CommandError } from "../../errors.ts";
import { replaceInCpio } from "../../image/cpio.ts";
import { checkRestartRoom } from "../../nodes/check-room.ts";
import { LOG_BYTES } from "../../nodes/log-folder.ts";
import { MAX_FILE_BYTES, type Machines } from "../../nodes/machines.ts";
import { powerOf } from "../../nodes/power.ts";
import type { Host } from "../../system/host.ts";
import { signalProcess } from "../../system/process-identity.ts";
import { writeStateFile } from "../../system/state-file.ts";
import { sandboxExec } from "./exec.ts";
import { SANDBOX_LIBRARY } from "./files.ts";
import { freezeSandbox, isSandboxFrozen, thawSandbox } from "./freeze.ts";
import { recordOf, sandboxOf, startSandbox, stopSandbox, waitUntilUnplugged } from "./power.ts";
import { sandboxPid } from "./process.ts";
import { type SandboxFolder, sandboxFolder } from "./sandbox-folder.ts";

const FILE_TIMEOUT_MS = 5 * 60_000;
/** Of a file that is as large as may be. */
const BASE64_BYTES = Math.ceil(MAX_FILE_BYTES / 3) * 4;
const ANSWER_TIMEOUT_MS = 10_000;

const LOG_END = { lastBytes: LOG_BYTES.most };

/** Lines of a log that tell why something ended. */
const TAIL_LINES = 20;

/**
 * Switches that are namespaces of this host, entered from outside.
 * @param vlans whether this kernel has 802.1Q.
 */
export function netnsMachines(host: Host, runDir: string, vlans: boolean): Machines {
  const folderOf = (node: string) => sandboxFolder(runDir, node);
  const run: Machines["exec"] = (node, command, options) =>
    sandboxExec(host, folderOf(node), command, options);
  const log = async (node: string) =>
    (await host.readFile(folderOf(node).log, LOG_END)) ??
    (await host.readFile(folderOf(node).earlierLog, LOG_END)) ??
    "";
  return {
    backend: "netns",
    patience: { atOnce: 8, timeoutMs: 25_000, programSeconds: 8 },
    library: SANDBOX_LIBRARY,
    vlans,
    exec: run,
    ...fileAccess(host, folderOf, run),
    assertAlive: async (node) => {
      if ((await sandboxPid(host, folderOf(node))) === undefined) {
        const tail = (await log(node)).trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
        throw new CommandError(`${node}: its sandbox ended`, undefined, tail);
      }
    },
    log,
    answers: (node) =>
      run(
        node,
        { file: "test", args: ["-e", "/run/ikvswitch/applied"] },
        { timeoutMs: ANSWER_TIMEOUT_MS },
      ).then(
        () => true,
        () => false,
      ),
    ...powerControl(host, runDir, folderOf),
    // The inside's ends of veths follow the host's.
    setCarrier: async () => {},
  };
}

type FolderOf = (node: string) => SandboxFolder;

function fileAccess(
  host: Host,
  folderOf: FolderOf,
  run: Machines["exec"],
): Pick<Machines, "pull" | "push" | "setStartFile"> {
  return {
    pull: async (node, path) => {
      // What host.run gives is text.
      const command = { file: "base64", args: ["--wrap=0", "--", path] };
      const options = { timeoutMs: FILE_TIMEOUT_MS };
      const { stdout } = await sandboxExec(host, folderOf(node), command, options, BASE64_BYTES);
      return Buffer.from(stdout, "base64");
    },
    push: async (node, path, content) => {
      const command = { file: "sh", args: ["-c", 'cat >"$1"', "sh", path], input: content };
      await run(node, command, { timeoutMs: FILE_TIMEOUT_MS });
    },
    setStartFile: async (node, path, text) => {
      const { archive } = folderOf(node);
      const content = await host.readBytes(archive);
      if (content !== undefined) {
        await writeStateFile(host, archive, replaceInCpio(content, path.slice(1), text), 0o600);
      }
    },
  };
}

type PowerControl =
  | "power"
  | "assertStartable"
  | "start"
  | "stop"
  | "cutPower"
  | "pressPowerButton"
  | "reset"
  | "freeze"
  | "thaw"
  | "isFrozen";

function powerControl(host: Host, runDir: string, folderOf: FolderOf): Pick<Machines, PowerControl> {
  const cutPower = async (node: string) => {
    await stopSandbox(host, folderOf(node), 0);
    await waitUntilUnplugged(host, folderOf(node));
  };
  return {
    power: async (node) => powerOf(host, await sandboxPid(host, folderOf(node))),
    assertStartable: async (node) => {
      await recordOf(host, folderOf(node));
      await checkRestartRoom(host, runDir);
    },
    start: (node) => startSandbox(host, runDir, folderOf(node)),
    stop: async (node, options) => {
      const outcome = await stopSandbox(host, folderOf(node), options.graceMs);
      await waitUntilUnplugged(host, folderOf(node));
      return outcome;
    },
    cutPower,
    pressPowerButton: async (node) => {
      await signalProcess(host, await sandboxOf(host, folderOf(node)), "SIGTERM");
    },
    reset: async (node) => {
      await sandboxOf(host, folderOf(node));
      await cutPower(node);
      await startSandbox(host, runDir, folderOf(node));
    },
    freeze: (node) => freezeSandbox(host, folderOf(node)),
    thaw: (node) => thawSandbox(host, folderOf(node)),
    isFrozen: (node) => isSandboxFrozen(host, folderOf(node)),
  };
}
