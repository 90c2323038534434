import type { Command, RunResult } from "../system/host.ts";
import type { ProgramStreams } from "./streams.ts";

/** Limit on the output of a program in a switch, for each of stdout and stderr: the guest agent keeps no more. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Limit on a file that `pull` reads. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

export interface ExecOptions {
  /** For the program's whole run. */
  readonly timeoutMs: number;
  /** Exit codes besides 0 that are not failures; "any" if no exit code is one. */
  readonly okExitCodes?: readonly number[] | "any";
}

export type PowerState =
  | { readonly power: "on"; readonly pid: number; readonly uptimeSeconds: number }
  | { readonly power: "off" };

/** Why nothing is known of a node. */
export interface LostNode {
  /** The host that it is on. */
  readonly member: string;
  /** False if the host answers, but what manages its nodes does not, as for a moment after another host was lost. */
  readonly isDown: boolean;
}

/** Result of stopping a switch: `forced` if it did not shut itself down in time. */
export type StopOutcome = "was off" | "clean" | "forced";

/** A single switch shuts down within 3 s; nine that share two emulated processors take longer. */
export const DEFAULT_GRACE_MS = 30_000;

/** Time limits for queries to switches, and the number of switches queried at a time. */
export interface Patience {
  readonly atOnce: number;
  /** For all queries to one switch. */
  readonly timeoutMs: number;
  /** For each program. */
  readonly programSeconds: number;
}

/**
 * The switches of a running fabric, with any backend. Every query or change of a switch goes through this. Nodes are
 * named as in the plan, ports as inside the node: `leaf1`, `ens4`.
 */
export interface Machines {
  /** Name of the backend. */
  readonly backend: string;
  readonly patience: Patience;
  /** Folder of our own programs in a switch: `/usr/lib/ikvswitch`. */
  readonly library: string;
  /** True if the switches' kernel has 802.1Q. Without it, server ports are untagged: see untaggedFabric. */
  readonly vlans: boolean;
  /**
   * Runs a program in a switch, as root, without a shell and without the network.
   * @throws CommandError when it can't be started, ends with an exit code that is not allowed, writes more than
   *   MAX_ANSWER_BYTES, or the node is off.
   * @throws TimeoutError when it takes too long, or the node does not respond.
   */
  exec(node: string, command: Command, options: ExecOptions): Promise<RunResult>;
  /**
   * Runs a program in the same way for as long as it takes, and carries its standard streams while it runs.
   * @returns its exit code: 128 + n if signal n ended it.
   * @throws CommandError when it can't be started, its end is unknown, or the node is off.
   * @throws the reason of `streams.interrupted`, when that is aborted and the program has ended.
   */
  stream(node: string, command: Command, streams: ProgramStreams): Promise<number>;
  /**
   * Reads a file in a switch.
   * @throws CommandError if it does not exist, or is larger than MAX_FILE_BYTES.
   */
  pull(node: string, path: string): Promise<Uint8Array>;
  /** Writes a file in a switch, replacing an existing one. */
  push(node: string, path: string, content: Uint8Array): Promise<void>;
  /**
   * Sets the text of a file for the node's next start. The file has to be one of those that the node was started with.
   */
  setStartFile(node: string, path: string, text: string): Promise<void>;
  /** @throws CommandError with its last output if it is off, or its kernel has panicked. */
  assertAlive(node: string): Promise<void>;
  /** Returns its console output since it was started; empty if there is none. */
  log(node: string): Promise<string>;
  /** Reports whether any program in the node responds. */
  answers(node: string): Promise<boolean>;
  /** Returns those of these nodes of which nothing is known now: they count as off. Absent: all are on this host. */
  lost?(nodes: readonly string[]): Promise<ReadonlyMap<string, LostNode>>;
  power(node: string): Promise<PowerState>;
  /** @throws CommandError if `start` could not start it, because it was never brought up. */
  assertStartable(node: string): Promise<void>;
  /** Starts it as it was last brought up; does nothing if it runs. */
  start(node: string): Promise<void>;
  /** Shuts it down, and cuts its power when that takes longer than the grace period. */
  stop(node: string, options: { readonly graceMs: number }): Promise<StopOutcome>;
  /** Cuts its power; does nothing if it is off. */
  cutPower(node: string): Promise<void>;
  /**
   * Presses its power button: it shuts itself down in its own time.
   * @throws CommandError if it is off.
   */
  pressPowerButton(node: string): Promise<void>;
  /**
   * Presses its reset button: it starts again at once, with its current files.
   * @throws CommandError if it is off.
   */
  reset(node: string): Promise<void>;
  /** Sends it a non-maskable interrupt. Absent for nodes without a processor of their own. */
  interrupt?(node: string): Promise<void>;
  /** Pauses it: it neither forwards nor responds, and its neighbors keep their carriers. */
  freeze(node: string): Promise<void>;
  /** Resumes it with its state unchanged. */
  thaw(node: string): Promise<void>;
  /** False also if it is off. */
  isFrozen(node: string): Promise<boolean>;
  /**
   * Makes the carriers of these ports go up or down inside the node. For nodes whose NICs don't follow the host's ends
   * of their links; does nothing for others.
   */
  setCarrier(node: string, ports: readonly string[], on: boolean): Promise<void>;
}
