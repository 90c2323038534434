import { createHash } from "node:crypto";
import { confined, type EmulatorUser, withoutRights } from "../../system/confine.ts";
import type { Command } from "../../system/host.ts";
import { type MachineMemory, type MachineSpec, qemuCommand } from "./command.ts";
import type { NodeFolder } from "./node-folder.ts";

/** How a node's machine is started, as data. Kept beside it, so that its BMC can power it on again. */
export interface LaunchSpec extends MachineSpec {
  /** Of this document's form. 1 is an earlier one: see earlier-launch.ts. */
  readonly version: 2;
  readonly user: EmulatorUser;
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
  /** Its NICs, and the tap that each is plugged into. */
  readonly ports: readonly { readonly name: string; readonly tap: string }[];
}

/** How this machine is started by this user, as it is kept in its folder. */
export function launchSpec(machine: MachineSpec, user: EmulatorUser, folder: NodeFolder): LaunchSpec {
  return { version: 2, user, ...machine, commandDigest: digestOf(qemuCommand(machine, folder)) };
}

/**
 * What follows from a spec.
 * @param memory of a clone, or of a machine that goes on from a snapshot; absent: the machine boots.
 */
export function deriveLaunch(spec: LaunchSpec, folder: NodeFolder, memory?: MachineMemory): Launch {
  const { name, user, accelerator, commandDigest, machine, boot, ports } = spec;
  return {
    node: name,
    user,
    kvm: accelerator === "kvm",
    command: qemuCommand(spec, folder, memory),
    commandDigest,
    memoryMiB: machine.memoryMiB,
    imageFolder: boot.folder,
    ports: ports.map((port) => ({ name: port.name, tap: port.tap })),
  };
}

/** Whether both start the same machine. */
export function isSameLaunch(one: LaunchIdentity, other: LaunchIdentity): boolean {
  return one.commandDigest === other.commandDigest && JSON.stringify(one.user) === JSON.stringify(other.user);
}

/** What tells one launch from another. */
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
