import type { Command, RunResult } from "../system/host.ts";

/** What a program in a switch may write, to stdout and to stderr: as much as the guest agent keeps. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** What `pull` takes. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

export interface ExecOptions {
  /** For the program's whole run. */
  readonly timeoutMs: number;
  /** Exit codes besides 0 that are not failures; "any" for none. */
  readonly okExitCodes?: readonly number[] | "any";
}

export type PowerState =
  | { readonly power: "on"; readonly pid: number; readonly uptimeSeconds: number }
  | { readonly power: "off" };

/** How a machine came to its end: `forced` when it did not shut itself down in time. */
export type StopOutcome = "was off" | "clean" | "forced";

/** A switch shuts down within 3 s alone; nine of them that share two emulated processors take longer. */
export const DEFAULT_GRACE_MS = 30_000;

/** How patiently and how many at a time switches are queried. */
export interface Patience {
  readonly atOnce: number;
  /** For all that is asked of one. */
  readonly timeoutMs: number;
  /** For each program. */
  readonly programSeconds: number;
}

/**
 * The switches of a running fabric, whatever they are made of. Who asks them something or does something to them
 * does it through this; nodes are named as in the plan, ports as inside the node: `leaf1`, `ens4`.
 */
export interface Machines {
  /** Name of the backend. */
  readonly backend: string;
  readonly patience: Patience;
  /** Folder of our own programs inside: `/usr/lib/ikvswitch`. */
  readonly library: string;
  /** Whether the kernel inside has 802.1Q. Where it has not, server ports are untagged: see untaggedFabric. */
  readonly vlans: boolean;
  /**
   * Run a program inside, as root, without a shell and without the network.
   * @throws CommandError when it can't be started, ends with an exit code that is not allowed, writes more than
   *   MAX_ANSWER_BYTES, or the node is off.
   * @throws TimeoutError when it takes too long, or nothing inside answers.
   */
  exec(node: string, command: Command, options: ExecOptions): Promise<RunResult>;
  /** A file inside. @throws CommandError where there is none, or it is larger than MAX_FILE_BYTES. */
  pull(node: string, path: string): Promise<Uint8Array>;
  /** Write a file inside, over one that may be there. */
  push(node: string, path: string, content: Uint8Array): Promise<void>;
  /** Have its next start find this text in a file, which has to be one of those that it was given. */
  setStartFile(node: string, path: string, text: string): Promise<void>;
  /** @throws CommandError with the last it said when it is off, or its kernel has given up. */
  assertAlive(node: string): Promise<void>;
  /** What it has shown on its console since it was started; empty where there is nothing. */
  log(node: string): Promise<string>;
  /** Whether anything inside answers. */
  answers(node: string): Promise<boolean>;
  power(node: string): Promise<PowerState>;
  /** @throws CommandError where `start` could not start it, because it was never brought up. */
  assertStartable(node: string): Promise<void>;
  /** Start it as it was last brought up; nothing to do where it runs. */
  start(node: string): Promise<void>;
  /** Shut it down, and cut its power when that takes longer than the grace period. */
  stop(node: string, options: { readonly graceMs: number }): Promise<StopOutcome>;
  /** Cut its power; nothing to do where it is off. */
  cutPower(node: string): Promise<void>;
  /** Press its power button: it shuts itself down in its own time. @throws CommandError where it is off. */
  pressPowerButton(node: string): Promise<void>;
  /** Press its reset button: it starts again at once, from the files it has now. @throws CommandError where it is off. */
  reset(node: string): Promise<void>;
  /** Make it do nothing at all: it neither forwards nor answers, and its neighbors keep their carriers. */
  freeze(node: string): Promise<void>;
  /** Let it go on as if nothing had been. */
  thaw(node: string): Promise<void>;
  /** False also where it is off. */
  isFrozen(node: string): Promise<boolean>;
  /**
   * Have the inside see the carriers of these ports come or go. For machines whose NICs don't follow the host's
   * ends of their links; nothing to do where they do.
   */
  setCarrier(node: string, ports: readonly string[], on: boolean): Promise<void>;
}
