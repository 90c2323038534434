/** Devices that a machine can be told to boot from. */
export const BOOT_TARGETS = ["network", "disk", "cd"] as const;
export type BootTarget = (typeof BOOT_TARGETS)[number];

/** The device to boot from instead of the machine's own boot order. */
export interface BootOverride {
  readonly target: BootTarget;
  /** `once`: for the next start or reset; `always`: until it is changed. */
  readonly until: "once" | "always";
}

export type Firmware = "bios" | "uefi";

/**
 * What a BMC does to its machine, a switch or a VM in a rack. Every request of IPMI and of Redfish ends here. Each
 * method throws if it can't be done, with a message for the client.
 */
export interface Controlled {
  power(): Promise<"on" | "off">;
  powerOn(): Promise<void>;
  cutPower(): Promise<void>;
  pressPowerButton(): Promise<void>;
  /** Boots the machine again at once. */
  reset(): Promise<void>;
  /** Sends it a non-maskable interrupt. */
  interrupt(): Promise<void>;
  /** Null for a switch, which boots from its image only. */
  readonly boot: BootControl | null;
  /** Its CD drive; null for a machine without one. */
  readonly media: MediaControl | null;
}

export interface BootControl {
  /** Null: its own boot order. */
  override(): Promise<BootOverride | null>;
  setOverride(override: BootOverride | null): Promise<void>;
  firmware(): Promise<Firmware>;
  /** Takes effect with the next start. */
  setFirmware(firmware: Firmware): Promise<void>;
}

export interface MediaControl {
  /** Path or URL of the image in the drive; null if it is empty. */
  inserted(): Promise<string | null>;
  /** @param image absolute path, or http(s) URL, of an ISO image. A running machine sees it at once. */
  insert(image: string): Promise<void>;
  eject(): Promise<void>;
}

/** What a BMC tells about its machine. */
export interface MachineFacts {
  readonly name: string;
  readonly role: "internet" | "spine" | "leaf" | "server";
  /** Canonical text of a UUID, the same for every run of the machine. */
  readonly uuid: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** Ordered by number. */
  readonly nics: readonly { readonly name: string; readonly mac: string; readonly mtu: number }[];
}
