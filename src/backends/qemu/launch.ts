import { createHash } from "node:crypto";
import { confined, type EmulatorUser, withoutRights } from "../../system/confine.ts";
import type { Command } from "../../system/host.ts";
import { type MachineMemory, type MachineSpec, qemuCommand } from "./command.ts";
import type { NodeFolder } from "./node-folder.ts";

/** How a node's machine is started, as data. Kept beside it, so that its BMC can power it on again. */
export interface LaunchSpec {
  /** Of this document's form. 1 is an earlier one: see earlier-launch.ts. */
  readonly version: 2;
  readonly user: EmulatorUser;
  readonly machine: MachineSpec;
  /** Of the command that follows from it. Another build may derive another one, which makes another machine. */
  readonly commandDigest: string;
}

/** What follows from a LaunchSpec. */
export interface Launch {
  readonly node: string;
  readonly user: EmulatorUser;
  readonly kvm: boolean;
  /** QEMU's command, without what confines it. */
  readonly command: Command;
  /** Of the command that the machine was started with; that of `command`, unless another build started it. */
  readonly commandDigest: string;
  readonly memoryMiB: number;
  /** Of the image that it boots. */
  readonly imageFolder: string;
  /** Its network cards, and the tap that each is plugged into. */
  readonly ports: readonly { readonly name: string; readonly tap: string }[];
}

export function launchSpec(machine: MachineSpec, user: EmulatorUser, folder: NodeFolder): LaunchSpec {
  return { version: 2, user, machine, commandDigest: digestOf(qemuCommand(machine, folder)) };
}

/** @param memory of a clone, or of a machine that goes on from a snapshot; absent: the machine boots. */
export function deriveLaunch(spec: LaunchSpec, folder: NodeFolder, memory?: MachineMemory): Launch {
  const { user, machine, commandDigest } = spec;
  return {
    node: machine.name,
    user,
    kvm: machine.accelerator === "kvm",
    command: qemuCommand(machine, folder, memory),
    commandDigest,
    memoryMiB: machine.machine.memoryMiB,
    imageFolder: machine.boot.folder,
    ports: machine.ports.map(({ name, tap }) => ({ name, tap })),
  };
}

/** Whether both start the same machine. */
export function isSameLaunch(one: LaunchIdentity, other: LaunchIdentity): boolean {
  return one.commandDigest === other.commandDigest && JSON.stringify(one.user) === JSON.stringify(other.user);
}

export type LaunchIdentity = Pick<Launch, "user" | "commandDigest">;

/** Whether the build that started the machine derived the same command as this one. */
export function isOfThisBuild({ command, commandDigest }: Launch): boolean {
  return digestOf(command) === commandDigest;
}

/** SHA-256 in hexadecimal. */
export function digestOf(command: Command): string {
  return createHash("sha256").update(JSON.stringify(command)).digest("hex");
}

/**
 * The command that starts the machine for whoever asks: root confines it; the emulator user, as which the BMCs
 * run, has one right left to take off.
 */
export function launchCommand(launch: Pick<Launch, "user" | "kvm" | "command">, asRoot: boolean): Command {
  return asRoot ? confined(launch.command, launch.user, { kvm: launch.kvm }) : withoutRights(launch.command);
}
