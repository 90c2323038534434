import { createHash } from "node:crypto";
import { confined, type EmulatorUser, withoutRights } from "../../system/confine.ts";
import type { Command } from "../../system/host.ts";
import { type MachineMemory, type MachineSpec, qemuCommand } from "./command.ts";
import type { NodeFolder } from "./node-folder.ts";

/** Launch settings of a node's VM, as data. Kept in its folder, so that its BMC can power it on again. */
export interface LaunchSpec extends MachineSpec {
  /** Version of this document's format. For version 1, see earlier-launch.ts. */
  readonly version: 2;
  readonly user: EmulatorUser;
  /** Digest of the derived command. Another build may derive another command, which makes another VM. */
  readonly commandDigest: string;
}

/** Facts derived from a LaunchSpec. */
export interface Launch {
  readonly node: string;
  readonly user: EmulatorUser;
  readonly kvm: boolean;
  /** QEMU's command, without its confinement. */
  readonly command: Command;
  /** Digest of the command with which the VM was started; that of `command`, unless another build started it. */
  readonly commandDigest: string;
  readonly memoryMiB: number;
  /** Folder of the image that it boots. */
  readonly imageFolder: string;
  /** Its NICs, each with its tap. */
  readonly ports: readonly { readonly name: string; readonly tap: string }[];
  /** The macvtap that QEMU gets as an open file; absent if it has none. */
  readonly macvtap?: string;
}

/** Returns the launch settings of this VM for this user, as kept in its folder. */
export function launchSpec(machine: MachineSpec, user: EmulatorUser, folder: NodeFolder): LaunchSpec {
  return { version: 2, user, ...machine, commandDigest: digestOf(qemuCommand(machine, folder)) };
}

/**
 * Derives the facts from a spec.
 * @param memory of a clone, or of a VM that resumes from a snapshot; absent: the VM boots.
 */
export function deriveLaunch(spec: LaunchSpec, folder: NodeFolder, memory?: MachineMemory): Launch {
  const { name, user, accelerator, commandDigest, machine, boot, ports } = spec;
  const macvtap = ports.find((port) => port.macvtap === true)?.tap;
  return {
    node: name,
    user,
    kvm: accelerator === "kvm",
    command: qemuCommand(spec, folder, memory),
    commandDigest,
    memoryMiB: machine.memoryMiB,
    imageFolder: boot.folder,
    ports: ports.map((port) => ({ name: port.name, tap: port.tap })),
    ...(macvtap === undefined ? {} : { macvtap }),
  };
}

/** Reports whether both start the same VM. */
export function isSameLaunch(one: LaunchIdentity, other: LaunchIdentity): boolean {
  return one.commandDigest === other.commandDigest && JSON.stringify(one.user) === JSON.stringify(other.user);
}

/** The facts that distinguish one launch from another. */
export type LaunchIdentity = Pick<Launch, "user" | "commandDigest">;

/** Reports whether the build that started the VM derived the same command as this one. */
export function isOfThisBuild({ command, commandDigest }: Launch): boolean {
  return digestOf(command) === commandDigest;
}

/** Returns a SHA-256 digest in hexadecimal. */
export function digestOf(command: Command): string {
  return createHash("sha256").update(JSON.stringify(command)).digest("hex");
}

/**
 * Returns the command that starts the VM. For root, it confines QEMU; the emulator user, as which the BMCs run, has
 * only one privilege left to drop.
 */
export function launchCommand(launch: Pick<Launch, "user" | "kvm" | "command">, asRoot: boolean): Command {
  return asRoot ? confined(launch.command, launch.user, { kvm: launch.kvm }) : withoutRights(launch.command);
}
