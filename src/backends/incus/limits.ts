import type { Instance } from "../../incus/instances.ts";
import type { ObservedSwitch } from "../model/backend.ts";

type Limits = Pick<ObservedSwitch, "vcpus" | "memoryMiB" | "diskMiB">;

/** Returns the limits of an instance, of whoever's making. */
export function limitsOf({ config, devices }: Pick<Instance, "config" | "devices">): Limits {
  const root = Object.values(devices).find(({ type, path }) => type === "disk" && path === "/");
  return {
    vcpus: processorsIn(config["limits.cpu"] ?? ""),
    memoryMiB: mibIn(config["limits.memory"] ?? ""),
    diskMiB: mibIn(root?.size ?? ""),
  };
}

/** A number of processors, or a list of those that it may use: `2`, `0-3`, `0,2,4-5`. */
function processorsIn(text: string): number | null {
  if (/^\d+$/.test(text)) {
    return Number(text);
  }
  return /^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)
    ? text.split(",").reduce((sum, range) => {
        const [first = 0, last = first] = range.split("-").map(Number);
        return sum + last - first + 1;
      }, 0)
    : null;
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ "": 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
};

/** Null for a share of the member's memory, too: `50%`. */
function mibIn(text: string): number | null {
  const [, count, unit = ""] = /^(\d+)\s*([A-Za-z]*)$/.exec(text) ?? [];
  const bytes = UNITS[unit];
  return count === undefined || bytes === undefined ? null : Math.floor((Number(count) * bytes) / 2 ** 20);
}
