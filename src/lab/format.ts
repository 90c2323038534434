import type { Backend } from "../backends/model/backend.ts";
import type { BmcStatus } from "../bmc/status.ts";
import type { Settings } from "../config/settings.ts";
import type { SshPortStatus } from "../enclosure/ssh-port.ts";
import { describeUplink } from "../fabric/uplink.ts";
import { formatDuration } from "../format/duration.ts";
import { formatTable, type TonedCell } from "../format/table.ts";
import { formatTime } from "../format/time.ts";
import { toned } from "../format/tone.ts";
import { hasShippedPassword } from "../nodes/listen.ts";
import type { NodeStatus } from "../nodes/status.ts";
import type { PlugStatus } from "../plugs/status.ts";
import type { HostUse } from "../vms/host-use.ts";
import type { EmulatorStatus, LostSwitches } from "./status.ts";

const COLUMNS = ["SWITCH", "LOOPBACK", "AS", "STATE", "UPTIME", "SESSIONS"];

/** Formats the table of all switches, and below it a line for each difference from the plan. */
export function formatSwitches(status: EmulatorStatus): string {
  const { uplink, switches, bmcs, vms, host, plugs, sshPort, faults, kept, lost, damaged } = status;
  const down = lost.flatMap((member) => (member.isDown ? member.switches : []));
  const hasVnc = switches.some(({ vnc }) => vnc !== null);
  const hasBmcs = bmcs.length > 0;
  const hasIpv6 = switches.some(({ loopback6 }) => loopback6 !== undefined);
  const rows = switches.map((node, index) => [
    node.name,
    node.loopback,
    node.asn,
    stateOf(node, down),
    node.uptimeSeconds === null ? "" : formatDuration(node.uptimeSeconds),
    sessionsOf(node),
    ...(hasVnc ? [node.vnc ?? "none"] : []),
    ...(hasBmcs ? [formatBmc(bmcs[index])] : []),
    ...(hasIpv6 ? [node.loopback6 ?? null] : []),
    node.saved.length > 0
      ? `saved: ${node.saved.join(", ")}`
      : node.savedUnused === null
        ? ""
        : "saved, unused",
  ]);
  const missing = switches.flatMap((node) => node.missing);
  const unused = switches.flatMap(({ savedUnused }) => savedUnused ?? []);
  const columns = [
    ...COLUMNS,
    ...(hasVnc ? ["VNC"] : []),
    ...(hasBmcs ? ["BMC"] : []),
    ...(hasIpv6 ? ["IPV6 LOOPBACK"] : []),
    "",
  ];
  return [
    formatTable(columns, rows),
    ...(uplink.kind === "nat" ? [] : [`Way out: ${describeUplink(uplink)}`]),
    ...(vms.length === 0 ? [] : [`VMs in the racks: ${countStates(vms)}; ${describeReserved(host)}`]),
    describeHost(host),
    ...(plugs === null ? [] : [formatPlugs(plugs)]),
    ...(sshPort === null ? [] : [formatSshPort(sshPort)]),
    ...(kept === null ? [] : [formatKept(kept)]),
    ...lost.map((member) => toned("bad", formatLost(member))),
    ...missing.map((line) => toned("bad", line)),
    ...[...faults, ...unused].map((line) => toned("doubtful", line)),
    ...damaged.map((line) => toned("bad", line)),
  ].join("\n");
}

function formatPlugs({ running, firstPort, lastPort, folder }: PlugStatus): string {
  return running
    ? `Sockets for VMs: 127.0.0.1:${firstPort} to ${lastPort}, and in ${folder}`
    : toned("bad", "the sockets for VMs are closed; run 'ikvswitch up'");
}

function formatSshPort({ running, port }: SshPortStatus): string {
  return running
    ? `SSH to internet: 127.0.0.1:${port}`
    : toned("bad", "the port for SSH to internet is closed; run 'ikvswitch up'");
}

function formatKept({ switches, savedAt, diskMiB }: NonNullable<EmulatorStatus["kept"]>): string {
  return `Kept: ${switches} switches at ${formatTime(savedAt)}, ${diskMiB} MiB; 'ikvswitch up' resumes them once all are off, 'up --fresh' discards them`;
}

/** `2 running, 1 off`. */
function countStates(vms: EmulatorStatus["vms"]): string {
  return (["running", "off", "damaged"] as const)
    .map((word) => ({ word, count: vms.filter(({ state }) => state === word).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(", ");
}

/** What running VMs may take at most, and the disks of all. */
function describeReserved({ vms: { vcpus, memoryMiB, diskMiB } }: HostUse): string {
  return `reserved: ${vcpus} processor${vcpus === 1 ? "" : "s"}, memory ${memoryMiB} MiB, disk ${diskMiB} MiB`;
}

function describeHost({ processors, load, memoryMiB, availableMiB, disk }: HostUse): string {
  return [
    `This host: ${processors} processor${processors === 1 ? "" : "s"}, load ${load}`,
    `memory ${memoryMiB - availableMiB} of ${memoryMiB} MiB in use`,
    `disk ${disk.usedMiB} of ${disk.sizeMiB} MiB in use, ${disk.freeMiB} free`,
  ].join("; ");
}

const TONES = { running: "good", frozen: "doubtful", silent: "bad", stopped: "bad" } as const;

function formatLost({ name, isDown, switches }: LostSwitches): string {
  const unknown = `nothing is known of ${switches.join(", ")}`;
  return isDown
    ? `${name} does not answer: ${unknown}; run 'ikvswitch up' when it is back`
    : `the cluster does not answer for ${name} just now: ${unknown}`;
}

function stateOf({ name, state, reachable }: NodeStatus, down: readonly string[]): TonedCell {
  if (down.includes(name)) {
    return { tone: "bad", value: "member down" };
  }
  return state === "running" && !reachable
    ? { tone: "bad", value: "unreachable" }
    : { tone: TONES[state], value: state };
}

function sessionsOf({ sessions: { up, planned } }: NodeStatus): TonedCell {
  const tone = up === planned ? "good" : up === null ? "doubtful" : "bad";
  return { tone, value: `${up ?? "?"}/${planned}` };
}

/**
 * Formats the commands to try next, for a first-time user of the fabric.
 * @param program what calls them: `ikvswitch`, or `ikvswitch --name lab`.
 */
export function formatNextSteps(
  settings: Settings,
  { console, vnc }: Pick<Backend, "console" | "vnc">,
  program: string,
): string {
  const open =
    vnc !== undefined && hasShippedPassword(settings)
      ? `\nVM_ROOT_PASS still has its default value, so VNC listens on 127.0.0.1 only. Set it in ikvswitch.conf.\n`
      : "";
  return `${open}
Try:  ${program} ssh leaf1               log in to a switch; or: ssh root@ADDRESS
      ${program} exec leaf1 vtysh -c 'show bgp summary'
${console !== undefined ? `      ${program} console leaf1           attach to its serial console (detach with Ctrl-])\n` : ""}      ${program} status                  show this table again
      ${program} down                    shut down all switches, restore the host's network

Attach a server:
      ${program} plug 1 3                print QEMU's arguments for rack 1, position 3 (also for libvirt and namespaces)
      ${program} ports                   list positions and who is attached`;
}

function formatBmc(bmc: BmcStatus | undefined): string {
  if (bmc === undefined || bmc.endpoint.listen === "nowhere") {
    return "none";
  }
  const { address, port } = bmc.endpoint;
  return `${address}${port === 623 ? "" : `:${port}`}${bmc.running ? "" : " (off)"}`;
}
