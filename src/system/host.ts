import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Command } from "./command.ts";
import type { EndOptions } from "./keep-end.ts";

export type { Command, Socket };

export interface RunOptions {
  /** Exit codes besides 0 that are not failures; "any" for none that is. */
  readonly okExitCodes?: readonly number[] | "any";
  /** Kill the program after this long; 0 or absent: never. */
  readonly timeoutMs?: number;
  /** The signal for that; SIGTERM where absent, so that the program can clean up. */
  readonly timeoutSignal?: NodeJS.Signals;
  /**
   * Kill the program when it writes more than this, to stdout or to stderr; by default 256 MiB, far beyond what programs of
   * this machine say. Set where others decide what is said.
   */
  readonly maxOutputBytes?: number;
  /** Called with each line the program writes to stdout or stderr while it runs. */
  readonly onLine?: (line: string) => void;
  /** Whether it gets no file that our own caller left open, but for the standard streams: `spawn` always does so. */
  readonly closeFiles?: boolean;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A long-lived program started by `Host.spawn`. It does not end when we do. */
export interface SpawnedProcess {
  readonly pid: number;
}

export interface FileReadOptions {
  /** Absent: 256 MiB. */
  readonly maxBytes?: number;
  /** Whether the last part of the path may be a symbolic link. Absent: yes. */
  readonly followLinks?: boolean;
  /** Read so much from the file's end, instead of all of it: it may be larger than `maxBytes`. */
  readonly lastBytes?: number;
  /** Read a pipe that our caller has opened for us (`<(command)`, /dev/stdin) to its end, too. Absent: no. */
  readonly pipes?: boolean;
}

export interface FileStatus {
  readonly sizeBytes: number;
  /** Time of its last change. */
  readonly modifiedMs: number;
  readonly isFolder: boolean;
  /** Its group. */
  readonly gid: number;
}

/** Lets go of what was locked. */
export type Unlock = () => Promise<void>;

/**
 * The one way to touch a machine. Everything that has an effect takes a Host, so that "which machine?" is
 * answered in one place.
 */
export interface Host {
  /**
   * Run a program to its end. It is killed if we die first, so that nothing of ours works on unproxied.
   * @throws CommandError when it can't be started, says too much, takes too long, or ends with an exit code that is not
   *   allowed.
   */
  run(command: Command, options?: RunOptions): Promise<RunResult>;
  /**
   * Run a program on the user's own terminal, in the user's own environment (ssh, tcpdump), and give its exit code.
   * @throws InterruptedError when asked to stop before it is started.
   */
  runInteractive(command: Command): Promise<number>;
  /**
   * Start a program that outlives us, in a session of its own; its output goes to `logPath`.
   * @throws CommandError when it can't be started.
   */
  spawn(command: Command, logPath: string): Promise<SpawnedProcess>;
  /**
   * The file's text, or undefined where there is none.
   * @throws FileError for what is no regular file or too large, without waiting.
   */
  readFile(path: string, options?: FileReadOptions): Promise<string | undefined>;
  /** The file's bytes, in the same way. */
  readBytes(path: string, options?: FileReadOptions): Promise<Uint8Array | undefined>;
  /** Replace a file as a whole: readers see the old or the new content. Missing folders are made. */
  writeFile(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** Write to a file that exists and is not a regular one (/proc, /sys). */
  writeKernelFile(path: string, content: string): Promise<void>;
  /**
   * Delete a file or a folder with all in it; no error where there is none. Nothing outside of it is touched, although
   * others who may write in it swap folders for links meanwhile.
   */
  remove(path: string): Promise<void>;
  /** Names in a folder, sorted; empty where there is none. */
  list(path: string): Promise<readonly string[]>;
  /** Make a folder and those above it. `mode` is set on the last one. */
  makeDirectory(path: string, mode?: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Cut a file that others append to down to its end, where it has become long. It stays the same file. */
  keepEnd(path: string, options: EndOptions): Promise<void>;
  /** Undefined where no such file. */
  stat(path: string): Promise<FileStatus | undefined>;
  /**
   * Lock a file or folder until the answer is called, or we end, however. Other users of it are not hindered, but for
   * their `lock`. Undefined where another process has locked it, or it is not there.
   * @throws InterruptedError when asked to stop.
   */
  lock(path: string): Promise<Unlock | undefined>;
  /**
   * Connect to a unix socket. A name that starts with NUL is an abstract one.
   * @throws FileError where its name is a symbolic link that is neither root's nor ours.
   */
  connect(socketPath: string): Promise<Socket>;
  /** Follow a file as it grows, from its beginning. Ends when destroyed. */
  readStream(path: string): Promise<Readable>;
  /** Send a signal. False where there is no such process. */
  kill(pid: number, signal: NodeJS.Signals | 0): Promise<boolean>;
}
