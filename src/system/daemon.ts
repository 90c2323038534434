import { isDeepStrictEqual } from "node:util";
import { CommandError } from "../errors.ts";
import { endProcesses } from "./end-process.ts";
import { formatCommand } from "./format-command.ts";
import type { Command, Host } from "./host.ts";
import { isListening, type Socket } from "./listening.ts";
import { pollUntil } from "./poll.ts";
import { type ProcessIdentity, signalProcess } from "./process-identity.ts";
import { recordProcess } from "./process-record.ts";
import { readStateText } from "./state-file.ts";

const START_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
/** The proxy's file, with hundreds of BMCs, is a tenth of this. */
const MAX_LAUNCH_BYTES = 16 * 1024 * 1024;

/** A program to run, with everything that it needs. */
export interface Daemon {
  /** As the subject of "… did not start". */
  readonly name: string;
  readonly paths: DaemonPaths;
  readonly files: readonly DaemonFile[];
  readonly command: Command;
  /** Sockets on which it listens once it works. */
  readonly protocol: "tcp" | "udp";
  readonly listens: readonly Socket[];
  /** A text that its log has once it works, for sockets of another network namespace. */
  readonly says?: string;
  /** It reads its files again on SIGHUP. Absent: it has to be restarted to do so. */
  readonly readsAgain?: boolean;
}

export interface DaemonPaths {
  readonly folder: string;
  /** Files and command of the running daemon. */
  readonly launch: string;
  /** Pid and start time of its process. For root only. */
  readonly process: string;
  readonly logs: string;
  /** Its output since it was started. */
  readonly log: string;
}

export function daemonPaths(folder: string, logs: string): DaemonPaths {
  return { folder, logs, launch: `${folder}/launch.json`, process: `${folder}/process`, log: `${logs}/log` };
}

export interface DaemonFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

/** Result of `ensureDaemon`: `unchanged` if it already ran as wanted. */
export type DaemonOutcome = "unchanged" | "changed" | "started";

/**
 * Ensures that the daemon runs with exactly these files and this command. One that already does is left alone; any
 * other is ended first, or reads its files again if it can. `running` are its processes.
 * @throws CommandError with the program's output when it ends instead of working.
 */
export async function ensureDaemon(
  host: Host,
  daemon: Daemon,
  running: readonly ProcessIdentity[],
  options: { readonly mustRestart: boolean },
): Promise<DaemonOutcome> {
  const launch = `${JSON.stringify({ files: daemon.files, command: daemon.command }, null, 2)}\n`;
  const before = await readStateText(host, daemon.paths.launch, MAX_LAUNCH_BYTES);
  const [process] = running;
  if (process !== undefined && !options.mustRestart) {
    if (before === launch) {
      return "unchanged";
    }
    if (daemon.readsAgain && running.length === 1 && hasCommand(before, daemon.command)) {
      await writeFiles(host, daemon, launch);
      await signalProcess(host, process, "SIGHUP");
      await waitUntilListening(host, daemon, process.pid);
      return "changed";
    }
  }
  await endProcesses(host, running, daemon.name);
  await writeFiles(host, daemon, launch);
  await host.remove(daemon.paths.log);
  const { pid } = await host.spawn(daemon.command, daemon.paths.log);
  await recordProcess(host, daemon.paths.process, pid);
  await waitUntilListening(host, daemon, pid);
  return "started";
}

/** Reports whether a process that was launched so runs this command. */
function hasCommand(launch: string | undefined, command: Command): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(launch ?? "{}").command, JSON.parse(JSON.stringify(command)));
  } catch {
    return false;
  }
}

async function writeFiles(host: Host, { files, paths }: Daemon, launch: string): Promise<void> {
  await Promise.all(files.map((file) => host.writeFile(file.path, file.content, file.mode)));
  // Contains the password, so only root may read it.
  await host.writeFile(paths.launch, launch, 0o600);
}

async function waitUntilListening(host: Host, daemon: Daemon, pid: number): Promise<void> {
  await pollUntil(
    { what: `the start of ${daemon.name}`, timeoutMs: START_TIMEOUT_MS, intervalMs: POLL_MS },
    async () => {
      // Not found by its arguments: while a process executes another program, /proc shows none.
      if (!(await host.kill(pid, 0))) {
        const said = await readLog(host, daemon);
        throw new CommandError(formatCommand(daemon.command), undefined, said);
      }
      if (daemon.says !== undefined && !(await readLog(host, daemon)).includes(daemon.says)) {
        return { done: false, seen: `pid ${pid} runs, and its log does not say: ${daemon.says}` };
      }
      const missing = [];
      for (const socket of daemon.listens) {
        if (!(await isListening(host, daemon.protocol, socket))) {
          missing.push(`${socket.address}:${socket.port}`);
        }
      }
      return missing.length === 0
        ? { done: true, value: undefined }
        : {
            done: false,
            seen: `pid ${pid} runs but does not listen on ${daemon.protocol.toUpperCase()} ${missing.join(", ")}`,
          };
    },
  );
}

async function readLog(host: Host, { paths }: Daemon): Promise<string> {
  return (await host.readFile(paths.log)) ?? "";
}
