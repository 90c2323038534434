import { dirname } from "node:path";
import { LEASES_BYTES } from "../../nodes/leases-file.ts";
import type { EmulatorUser } from "../../system/confine.ts";
import type { Host } from "../../system/host.ts";

/**
 * Makes these disks for DHCP leases, all in one folder. Existing ones keep their content; one that a namespace used may
 * be smaller, and the emulator's user may have made one larger. Root never reads them.
 */
export async function makeLeasesDisks(
  host: Host,
  { uid, gid }: EmulatorUser,
  files: readonly string[],
): Promise<void> {
  const [first] = files;
  if (first === undefined) {
    return;
  }
  // Only root may replace a file there by another one.
  const ownership = ["-m", "0710", "-o", "0", "-g", String(gid)];
  await host.run({ file: "install", args: ["-d", ...ownership, dirname(first)] });
  await host.run({ file: "truncate", args: [`--size=${LEASES_BYTES}`, ...files] });
  await host.run({ file: "chmod", args: ["0600", ...files] });
  await host.run({ file: "chown", args: [`${uid}:${gid}`, ...files] });
}
