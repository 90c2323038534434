import { CommandError } from "../../errors.ts";
import { replaceInCpio } from "../../image/cpio.ts";
import { LOG_BYTES } from "../../nodes/log-folder.ts";
import { MAX_FILE_BYTES, type Machines } from "../../nodes/machines.ts";
import type { Host } from "../../system/host.ts";
import { writeStateFile } from "../../system/state-file.ts";
import { netnsExec } from "./exec.ts";
import { type NetnsFolder, netnsFolder } from "./netns-folder.ts";
import { netnsPid } from "./process.ts";
import { netnsStream } from "./stream.ts";

const FILE_TIMEOUT_MS = 5 * 60_000;
/** Size of the largest allowed file in base64. */
const BASE64_BYTES = Math.ceil(MAX_FILE_BYTES / 3) * 4;
const ANSWER_TIMEOUT_MS = 10_000;

const LOG_END = { lastBytes: LOG_BYTES.most };

/** Number of last log lines, to explain why a netns ended. */
const TAIL_LINES = 20;

type Inside = Pick<
  Machines,
  "exec" | "stream" | "pull" | "push" | "setStartFile" | "assertAlive" | "log" | "answers"
>;

/** Operations inside netns, which this process enters from outside. */
export function insideNetns(host: Host, runDir: string): Inside {
  const folderOf = (node: string) => netnsFolder(runDir, node);
  const exec: Machines["exec"] = (node, command, options) =>
    netnsExec(host, folderOf(node), command, options);
  return {
    exec,
    stream: (node, command, streams) => netnsStream(host, folderOf(node), command, streams),
    pull: (node, path) => pull(host, folderOf(node), path),
    push: async (node, path, content) => {
      const command = { file: "sh", args: ["-c", 'cat >"$1"', "sh", path], input: content };
      await exec(node, command, { timeoutMs: FILE_TIMEOUT_MS });
    },
    setStartFile: (node, path, text) => setStartFile(host, folderOf(node), path, text),
    assertAlive: (node) => assertAlive(host, folderOf(node)),
    log: (node) => readLog(host, folderOf(node)),
    answers: (node) =>
      exec(
        node,
        { file: "test", args: ["-e", "/run/ikvswitch/applied"] },
        { timeoutMs: ANSWER_TIMEOUT_MS },
      ).then(
        () => true,
        () => false,
      ),
  };
}

async function pull(host: Host, folder: NetnsFolder, path: string): Promise<Uint8Array> {
  // base64, because host.run returns text.
  const command = { file: "base64", args: ["--wrap=0", "--", path] };
  const options = { timeoutMs: FILE_TIMEOUT_MS };
  const { stdout } = await netnsExec(host, folder, command, options, BASE64_BYTES);
  return Buffer.from(stdout, "base64");
}

async function setStartFile(host: Host, { archive }: NetnsFolder, path: string, text: string): Promise<void> {
  const content = await host.readBytes(archive);
  if (content !== undefined) {
    await writeStateFile(host, archive, replaceInCpio(content, path.slice(1), text), 0o600);
  }
}

async function assertAlive(host: Host, folder: NetnsFolder): Promise<void> {
  if ((await netnsPid(host, folder)) === undefined) {
    const tail = (await readLog(host, folder)).trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
    throw new CommandError(`${folder.name}: its netns ended`, undefined, tail);
  }
}

async function readLog(host: Host, { log, earlierLog }: NetnsFolder): Promise<string> {
  return (await host.readFile(log, LOG_END)) ?? (await host.readFile(earlierLog, LOG_END)) ?? "";
}
