import { dirname } from "node:path";
import type { Fabric } from "../../fabric/types.ts";
import { availableMemoryMiB } from "../../system/available-memory.ts";
import type { Host } from "../../system/host.ts";
import { type Finding, found, missing, type Requirement } from "../findings/finding.ts";

/** Space for the image while it is built, and for the finished one. */
const DISK_MIB = 3072;
/** Memory that QEMU needs in addition to that of its guest. */
const OVERHEAD_MIB_PER_SWITCH = 64;

export async function checkDisk(host: Host, stateDir: string): Promise<Finding> {
  const requirement: Requirement = {
    name: "disk space",
    why: `building an image needs ${DISK_MIB} MiB in ${stateDir}`,
    fix: "free disk space, or move STATE_DIR",
  };
  const { stdout } = await host.run({
    file: "df",
    args: ["--block-size=1M", "--output=avail", "--", await nearestFolder(host, stateDir)],
  });
  const freeMiB = Number(stdout.trim().split("\n").at(-1));
  return (freeMiB >= DISK_MIB ? found : missing)(requirement, `${freeMiB} MiB free`);
}

/** Returns the nearest existing folder: the folder itself need not exist yet. */
async function nearestFolder(host: Host, path: string): Promise<string> {
  return path === "/" || (await host.stat(path)) !== undefined ? path : nearestFolder(host, dirname(path));
}

export async function checkMemory(host: Host, fabric: Fabric): Promise<Finding> {
  const neededMiB = fabric.nodes.reduce(
    (sum, { machine }) => sum + machine.memoryMiB + OVERHEAD_MIB_PER_SWITCH,
    0,
  );
  const requirement: Requirement = {
    name: "memory",
    why: `${fabric.nodes.length} switches need up to ${neededMiB} MiB, much of it shared`,
    fix: "lower NUM_RACKS or SWITCH_MEMORY_MIB",
  };
  const availableMiB = await availableMemoryMiB(host);
  return availableMiB === null
    ? missing(requirement, "unknown: /proc/meminfo has no MemAvailable")
    : (availableMiB >= neededMiB ? found : missing)(requirement, `${availableMiB} MiB available`);
}
