import type { ObservedDevice } from "../host/model/observed.ts";
import { parseDevices } from "../host/parse-devices.ts";
import { memoryMiB } from "../system/available-memory.ts";
import type { RemoteHost } from "../system/remote/remote-host.ts";

/** What a host has, and what is in use of it. */
export interface HostRoom {
  readonly processors: number;
  /** Average number of runnable processes in the last minute. */
  readonly load: number;
  readonly memoryMiB: number;
  readonly availableMiB: number;
  /** The file system of switches and VMs; 0 if not known. What is neither used nor free is reserved by it. */
  readonly disk: { readonly sizeMiB: number; readonly usedMiB: number; readonly freeMiB: number };
}

export interface MemberFacts {
  readonly room: HostRoom;
  readonly devices: readonly ObservedDevice[];
}

/** Limit for the connection and the program. */
const LIMIT_MS = 5_000;

/**
 * Asks a member what it has, by one program.
 * @param pool the storage pool of its switches. Where the pool is no folder of the member's, /var/lib stands for it.
 * @throws PreflightError if there is no ssh to it.
 * @throws CommandError if it does not answer in time.
 */
export async function askMember(host: RemoteHost, pool: string): Promise<MemberFacts> {
  const { stdout } = await host.runWithin({ file: "sh", args: ["-ec", PROGRAM, "sh", pool] }, LIMIT_MS);
  return parseFacts(stdout);
}

/** Incus has its pools below the first folder; LXD below the second, or as a snap below the third. */
const PROGRAM = `
read -r load rest </proc/loadavg
echo "load $load"
echo "processors $(nproc)"
for folder in /var/lib/incus /var/lib/lxd /var/snap/lxd/common/lxd; do
  folder=$folder/storage-pools/$1
  [ ! -d "$folder" ] || break
done
[ -d "$folder" ] || folder=/var/lib
echo "disk $(df --block-size=1M --output=size,used,avail -- "$folder" | tail -n 1)"
grep -E '^Mem(Total|Available):' /proc/meminfo
exec ip -N -j -d address show`;

/** Reads what the program prints. */
export function parseFacts(text: string): MemberFacts {
  const numbers = (name: string) =>
    new RegExp(`^${name}[ \\t]+(.*)$`, "m").exec(text)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  const [sizeMiB = 0, usedMiB = 0, freeMiB = 0] = numbers("disk").map((value) => value || 0);
  return {
    room: {
      processors: numbers("processors")[0] ?? 0,
      load: numbers("load")[0] ?? 0,
      memoryMiB: memoryMiB(text, "MemTotal") ?? 0,
      availableMiB: memoryMiB(text, "MemAvailable") ?? 0,
      disk: { sizeMiB, usedMiB, freeMiB },
    },
    devices: parseDevices(/^\[.*\]$/m.exec(text)?.[0] ?? "[]"),
  };
}
