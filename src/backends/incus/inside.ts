import { PassThrough, Writable } from "node:stream";
import { CommandError } from "../../errors.ts";
import { replaceInCpio } from "../../image/cpio.ts";
import { hasStatus } from "../../incus/answer.ts";
import type { Cluster } from "../../incus/client.ts";
import { runProgram, startProgram } from "../../incus/exec.ts";
import { pullFile, pushFile } from "../../incus/files.ts";
import { findInstance } from "../../incus/instances.ts";
import { LOG_BYTES } from "../../nodes/log-folder.ts";
import { type LostNode, MAX_ANSWER_BYTES, MAX_FILE_BYTES, type Machines } from "../../nodes/machines.ts";
import { pipeChannel } from "../../nodes/pipe-channel.ts";
import { carryStreams, runInside } from "../../nodes/streams.ts";
import type { Command } from "../../system/command.ts";
import { formatCommand } from "../../system/format-command.ts";
import type { Host, PipedProgram } from "../../system/host.ts";
import { ARCHIVE_PATH, LOG_PATHS } from "./files.ts";

export const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  USER: "root",
  LANG: "C.UTF-8",
};

const ANSWER_TIMEOUT_MS = 10_000;
/** Number of last log lines, to explain why a switch ended. */
const TAIL_LINES = 20;

type Inside = Pick<
  Machines,
  "exec" | "stream" | "pull" | "push" | "setStartFile" | "assertAlive" | "log" | "answers"
>;

/** Operations inside containers, by the cluster's API. */
export function insideContainers(
  host: Host,
  cluster: Cluster,
  {
    nameOf,
    lost,
  }: {
    /** Returns the name of a node's instance. */
    readonly nameOf: (node: string) => string;
    readonly lost: NonNullable<Machines["lost"]>;
  },
): Inside {
  const exec: Machines["exec"] = async (node, command, options) => {
    const environment = { ...ENVIRONMENT, ...command.env };
    const limits = { timeoutMs: options.timeoutMs, maxBytes: MAX_ANSWER_BYTES };
    const request = { instance: nameOf(node), command, environment };
    const result = await runProgram(cluster, request, limits).catch(explainFailure(lost, node, command));
    const { exitCode } = result;
    const [stdout, stderr] = [result.stdout.toString(), result.stderr.toString()];
    if (exitCode !== 0 && options.okExitCodes !== "any" && !options.okExitCodes?.includes(exitCode)) {
      throw new CommandError(formatCommand(command), exitCode, stderr);
    }
    return { exitCode, stdout, stderr };
  };
  return {
    exec,
    stream: async (node, command, streams) => {
      const inside = await runInside(host, command, { channel: "pipes", terminal: streams.terminal });
      const program = await pipedProgram(cluster, nameOf(node), inside).catch(
        explainFailure(lost, node, command),
      );
      return carryStreams(command, pipeChannel(command, program), streams);
    },
    pull: (node, path) => pullFile(cluster, nameOf(node), path, MAX_FILE_BYTES),
    push: (node, path, content) => pushFile(cluster, nameOf(node), { path, content }),
    setStartFile: async (node, path, text) => {
      const archive = await pullFile(cluster, nameOf(node), ARCHIVE_PATH, MAX_FILE_BYTES);
      const content = replaceInCpio(archive, path.slice(1), text);
      await pushFile(cluster, nameOf(node), { path: ARCHIVE_PATH, content, mode: 0o600 });
    },
    assertAlive: async (node) => {
      const known = (await lost([node])).get(node);
      if (known !== undefined) {
        throw new CommandError(`ask ${node}`, undefined, describeLost(node, known));
      }
      if ((await findInstance(cluster, nameOf(node)))?.status === "Stopped") {
        const tail = (await logOf(cluster, nameOf(node))).trimEnd().split("\n").slice(-TAIL_LINES);
        throw new CommandError(`${node}: its container ended`, undefined, tail.join("\n"));
      }
    },
    log: (node) => logOf(cluster, nameOf(node)),
    answers: async (node) =>
      (await lost([node])).size === 0 &&
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

function explainFailure(
  lost: NonNullable<Machines["lost"]>,
  node: string,
  command: Command,
): (error: unknown) => Promise<never> {
  return async (error) => {
    // 400: it is off or frozen. 404: it does not exist.
    if (hasStatus(error, 404)) {
      throw new CommandError(formatCommand(command), undefined, `${node} is off; run 'ikvswitch up'`);
    }
    if (hasStatus(error, 400) && /not running/i.test((error as CommandError).stderr)) {
      const how = `run 'ikvswitch node start ${node}'`;
      throw new CommandError(formatCommand(command), undefined, `${node} is off; ${how}`);
    }
    const known = (await lost([node])).get(node);
    if (known !== undefined) {
      throw new CommandError(formatCommand(command), undefined, describeLost(node, known), error);
    }
    throw error;
  };
}

function describeLost(node: string, { member, isDown }: LostNode): string {
  return isDown
    ? `${node} is on ${member}, which does not answer; run 'ikvswitch up' when it is back`
    : `${node} is on ${member}, and the cluster does not answer for it just now; try again in a minute`;
}

/** Empty if it has none, as before its first start. */
async function logOf(cluster: Cluster, instance: string): Promise<string> {
  const parts = await Promise.all(
    LOG_PATHS.map((path) =>
      pullFile(cluster, instance, path, LOG_BYTES.most).catch((error) => {
        if (hasStatus(error, 404)) {
          return new Uint8Array();
        }
        throw error;
      }),
    ),
  );
  return Buffer.concat(parts).toString();
}

/** Starts a program whose streams are pipes of ours, as one of this host. */
async function pipedProgram(cluster: Cluster, instance: string, command: Command): Promise<PipedProgram> {
  const output = new PassThrough();
  let stderr = "";
  const environment = { ...ENVIRONMENT, ...command.env };
  const program = await startProgram(cluster, { instance, command, environment }, (bytes, to) => {
    if (to === "stdout") {
      output.write(bytes);
    } else {
      stderr = `${stderr}${bytes}`.slice(-MAX_STDERR);
    }
  });
  const input = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      program.write(chunk).then(() => done(), done);
    },
    final: (done) => {
      program.endInput();
      done();
    },
  });
  input.write(command.input ?? "");
  const ended = program.ended.then(
    (exitCode) => ({ exitCode, stderr }),
    (error) => ({ exitCode: undefined, stderr: `${stderr}${error}` }),
  );
  ended.then(() => output.end());
  return { input, output, ended, kill: () => program.close() };
}

const MAX_STDERR = 64 * 1024;
