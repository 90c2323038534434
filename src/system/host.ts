import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import type { Command } from "./command.ts";
import type { HttpsClient } from "./https/client.ts";
import type { PinnedServer } from "./https/server.ts";
import type { EndOptions } from "./keep-end.ts";

export type { Command, Socket };

export interface RunOptions {
  /** Exit codes besides 0 that are not failures; "any" if no exit code is one. */
  readonly okExitCodes?: readonly number[] | "any";
  /** Kill the program after this long; 0 or absent: never. */
  readonly timeoutMs?: number;
  /** The signal on timeout; by default SIGTERM, so that the program can clean up. */
  readonly timeoutSignal?: NodeJS.Signals;
  /**
   * Kill the program when it writes more than this to stdout or to stderr; by default 256 MiB, far more than programs
   * of the host write. Set this where others control the output.
   */
  readonly maxOutputBytes?: number;
  /** Called with each line the program writes to stdout or stderr while it runs. */
  readonly onLine?: (line: string) => void;
  /** Close all files that our own caller left open, except the standard streams. `spawn` always does so. */
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

/** A running program whose standard input and output are pipes of ours. */
export interface PipedProgram {
  readonly input: Writable;
  readonly output: Readable;
  /** Its end; the exit code is undefined if a signal ended it. */
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly stderr: string }>;
  /** Kills it; does nothing once it has ended. */
  kill(): void;
}

export interface FileReadOptions {
  /** Absent: 256 MiB. */
  readonly maxBytes?: number;
  /** Allow a symbolic link as the last part of the path. Absent: yes. */
  readonly followLinks?: boolean;
  /** Read this many bytes from the file's end, instead of all of it: the file may be larger than `maxBytes`. */
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

/** Releases a lock. */
export type Unlock = () => Promise<void>;

/**
 * The only interface to a host. Every operation with an effect takes a Host, so that the host to work on is decided in
 * one place.
 */
export interface Host {
  /**
   * Runs a program to its end. It is killed if our process dies first, so that nothing of ours continues without us.
   * @throws CommandError when it can't be started, writes too much, takes too long, or ends with an exit code that is
   *   not allowed.
   */
  run(command: Command, options?: RunOptions): Promise<RunResult>;
  /**
   * Runs a program on the user's own terminal, in the user's own environment (ssh, tcpdump), and returns its exit code.
   * @throws InterruptedError on an interrupt before it is started.
   */
  runInteractive(command: Command): Promise<number>;
  /**
   * Starts a program whose streams the caller carries; the command's input comes first. It is killed if our process dies first. It gets none of our
   * open files, and no signal on an interrupt.
   * @throws CommandError when it can't be started.
   */
  startPiped(command: Command): Promise<PipedProgram>;
  /**
   * Starts a program that outlives us, in a session of its own; its output goes to `logPath`.
   * @throws CommandError when it can't be started.
   */
  spawn(command: Command, logPath: string): Promise<SpawnedProcess>;
  /**
   * Returns the file's text; undefined if there is no such file.
   * @throws FileError for anything but a regular file, without waiting, and for a file that is too large.
   */
  readFile(path: string, options?: FileReadOptions): Promise<string | undefined>;
  /** Returns the file's bytes, in the same way. */
  readBytes(path: string, options?: FileReadOptions): Promise<Uint8Array | undefined>;
  /** Replaces a file as a whole: readers see the old or the new content. Missing folders are made. */
  writeFile(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /**
   * Replaces a file of the user's as a whole, and keeps its owner, group and mode.
   * @param newMode of the file if there is none yet.
   * @throws FileError if it can't be replaced because something is mounted there.
   */
  rewriteFile(path: string, content: Uint8Array, newMode: number): Promise<void>;
  /** Writes to a file that exists and is not a regular one (/proc, /sys). */
  writeKernelFile(path: string, content: string): Promise<void>;
  /**
   * Deletes a file or a folder with all its content; no error if it does not exist. Nothing outside of it is touched,
   * even if others who may write in it replace folders by links meanwhile.
   */
  remove(path: string): Promise<void>;
  /** Returns the names in a folder, sorted; empty if there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** Makes a folder and those above it. `mode` is set on the last one. */
  makeDirectory(path: string, mode?: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Cuts a file that others append to down to its end, if it has become long. It stays the same file. */
  keepEnd(path: string, options: EndOptions): Promise<void>;
  /** Undefined if there is no such file. */
  stat(path: string): Promise<FileStatus | undefined>;
  /**
   * Locks a file or folder until the returned function is called or our process ends in any way. Only other calls of
   * `lock` are affected. Undefined if another process has locked it, or it does not exist.
   * @throws InterruptedError on an interrupt.
   */
  lock(path: string): Promise<Unlock | undefined>;
  /**
   * Connects to a unix socket. A name that starts with NUL is an abstract one.
   * @throws FileError if its name is a symbolic link that is neither root's nor ours.
   */
  connect(socketPath: string): Promise<Socket>;
  /** Returns a client of a server of HTTPS; it connects with the first request. */
  https(server: PinnedServer): HttpsClient;
  /** Follows a file as it grows, from its beginning. Ends when destroyed. */
  readStream(path: string): Promise<Readable>;
  /** Sends a signal. False if there is no such process. */
  kill(pid: number, signal: NodeJS.Signals | 0): Promise<boolean>;
}
