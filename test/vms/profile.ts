import type { Profile } from "../../src/vms/profile.ts";

/** Returns a profile of a machine without a system, with these changes. */
export function profile(changes: Partial<Profile> = {}): Profile {
  return {
    ...{
      name: "test",
      vcpus: 2,
      memoryMiB: 512,
      nics: 2,
      image: "none",
      routing: "none",
      disks: [],
      bootServer: false,
    },
    ...{ firmware: "bios", boot: ["disk", "network"], userData: "", sshKeys: "", autostart: false },
    ...changes,
  };
}
