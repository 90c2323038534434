import type { BootTarget, Firmware } from "../bmc/model/control.ts";

/** A disk of a VM. */
export interface DiskProfile {
  /** `20G`, as qemu-img takes it; null: the size of its base. */
  readonly size: string | null;
  /** Absolute path of the image on which the disk is based, and which is never written; null: an empty disk. */
  readonly base: string | null;
  /** True for a copy of its base, which may then change or go; false for an overlay. */
  readonly copy: boolean;
}

/** The machine that `vm create` makes. */
export interface Profile {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** 1: on the left leaf only. 2: on both leaves of the rack. */
  readonly nics: number;
  /** `switch`: boots the switches' image, with FRR. `none`: boots as `boot` says. */
  readonly image: "switch" | "none";
  /** For the switches' image. `bgp`: sessions with both leaves, and an address of its own that it announces. */
  readonly routing: "bgp" | "none";
  /** For the switches' image: serves boot files over TFTP and HTTP, at the address that DHCP tells clients. */
  readonly bootServer: boolean;
  /** In the order of their numbers. */
  readonly disks: readonly DiskProfile[];
  readonly firmware: Firmware;
  /** Devices to boot from, the first one first. */
  readonly boot: readonly BootDevice[];
  /** File of cloud-init's user-data for the first disk's system; empty: none. */
  readonly userData: string;
  /** File of the SSH keys that may log in, for cloud-init and for the switches' image; empty: none. */
  readonly sshKeys: string;
  /** Start it with `up`, even if it was off. */
  readonly autostart: boolean;
}

export type BootDevice = BootTarget;
