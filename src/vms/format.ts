import type { PositionNic } from "../fabric/positions.ts";
import { formatDuration } from "../format/duration.ts";
import { formatFacts } from "../format/facts.ts";
import { formatTable } from "../format/table.ts";
import type { LimitsInForce } from "../system/cgroups/read-limits.ts";
import type { HostUse } from "./host-use.ts";
import type { VmReport } from "./observe.ts";
import type { Profile } from "./profile.ts";

/** A line for each VM. */
export function formatVms(vms: readonly VmReport[]): string {
  return formatTable(
    [
      "NAME",
      "PROFILE",
      "STATE",
      "RACK",
      "U",
      "VCPUS",
      "MEMORY",
      "CPU",
      "IN USE",
      "LEASE",
      "ANNOUNCED",
      "AS",
      "BGP",
      "UPTIME",
    ],
    vms.map((vm) => [
      vm.name,
      vm.profile ?? "-",
      stateCell(vm),
      vm.rack ?? "-",
      vm.position === null ? "-" : `U${vm.position}`,
      vm.vcpus,
      vm.memoryMiB === null ? null : `${vm.memoryMiB} MiB`,
      vm.cpuPercent === null ? null : `${vm.cpuPercent} %`,
      vm.residentMiB === null ? null : `${vm.residentMiB} MiB`,
      vm.leased,
      vm.announced,
      vm.asn,
      vm.sessions.join(", "),
      vm.uptimeSeconds === null ? null : formatDuration(vm.uptimeSeconds),
    ]),
  );
}

function stateCell({ state }: VmReport) {
  return {
    tone: ({ running: "good", off: "doubtful", damaged: "bad" } as const)[state],
    value: state,
  } as const;
}

/** What `vm info` shows besides. */
interface Surroundings {
  readonly nics: readonly PositionNic[];
  /** Address of its BMC; null if it has none. */
  readonly bmc: string | null;
  /** Those of its cgroup; null if it is off. */
  readonly limits: LimitsInForce | null;
}

/** Everything about one VM. */
export function formatVm(vm: VmReport, profile: Profile, { nics, bmc, limits }: Surroundings): string {
  return formatFacts([
    ["name", vm.name],
    ["state", vm.state],
    ["position", `rack ${vm.rack} U${vm.position}`],
    ["profile", vm.profile],
    ["vcpus", vm.vcpus],
    ["memory", `${vm.memoryMiB} MiB`],
    ["NICs", nics.map(({ tap, mac, leaf }) => `${tap} ${mac} to ${leaf}`).join(", ")],
    ...profile.disks.map(
      ({ size, base, copy }, index) =>
        [
          `disk ${index + 1}`,
          [size, base === null ? null : `${copy ? "copy of" : "based on"} ${base}`]
            .filter((word) => word !== null)
            .join(", "),
        ] as const,
    ),
    ["firmware", profile.firmware],
    ["BMC", bmc],
    ["limits", limits === null ? null : describeLimits(limits)],
    ["lease", vm.leased],
    ["announced", vm.announced],
    ["AS", vm.asn],
    ["BGP sessions", vm.sessions.join(", ")],
    ["uptime", vm.uptimeSeconds === null ? null : formatDuration(vm.uptimeSeconds)],
    ["log in", vm.announced === null ? null : `ikvswitch vm ssh ${vm.name}`],
  ]);
}

function describeLimits({ memoryMiB, vcpus, tasks }: LimitsInForce): string {
  const limits = [
    ...(memoryMiB === null ? [] : [`${memoryMiB} MiB with QEMU`]),
    ...(vcpus === null ? [] : [`${vcpus} processor${vcpus === 1 ? "" : "s"}`]),
    ...(tasks === null ? [] : [`${tasks} threads`]),
  ];
  return limits.length === 0 ? "none" : limits.join(", ");
}

/** What a host has, what is in use, and what VMs may take at most. */
export function formatHostUse({ processors, load, memoryMiB, availableMiB, disk, vms }: HostUse): string {
  const mib = (value: number) => `${value} MiB`;
  return [
    formatTable(
      ["", "HOST", "IN USE", "VMS IN USE", "VMS RESERVED"],
      [
        ["processors", `${processors}`, `load ${load}`, null, `${vms.vcpus}`],
        ["memory", mib(memoryMiB), mib(memoryMiB - availableMiB), mib(vms.residentMiB), mib(vms.memoryMiB)],
        ["disk", mib(disk.sizeMiB), mib(disk.usedMiB), mib(vms.usedDiskMiB), mib(vms.diskMiB)],
      ],
    ),
    vms.running.length === 1 ? "1 VM runs." : `${vms.running.length} VMs run.`,
  ].join("\n");
}
