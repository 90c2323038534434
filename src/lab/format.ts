import type { Backend } from "../backends/model/backend.ts";
import type { BmcStatus } from "../bmc/status.ts";
import type { Settings } from "../config/settings.ts";
import { formatDuration } from "../format/duration.ts";
import { formatTable, type TonedCell } from "../format/table.ts";
import { toned } from "../format/tone.ts";
import { hasShippedPassword } from "../nodes/listen.ts";
import type { NodeStatus } from "../nodes/status.ts";
import type { EmulatorStatus } from "./status.ts";

const COLUMNS = ["SWITCH", "LOOPBACK", "AS", "STATE", "UPTIME", "SESSIONS"];

/** Formats the table of all switches, and below it a line for each difference from the plan. */
export function formatSwitches({ switches, bmcs, vms, faults, damaged }: EmulatorStatus): string {
  const hasVnc = switches.some(({ vnc }) => vnc !== null);
  const hasBmcs = bmcs.length > 0;
  const rows = switches.map((node, index) => [
    node.name,
    node.loopback,
    node.asn,
    stateOf(node),
    node.uptimeSeconds === null ? "" : formatDuration(node.uptimeSeconds),
    sessionsOf(node),
    ...(hasVnc ? [node.vnc ?? "none"] : []),
    ...(hasBmcs ? [formatBmc(bmcs[index])] : []),
    node.saved.length > 0
      ? `saved: ${node.saved.join(", ")}`
      : node.savedUnused === null
        ? ""
        : "saved, unused",
  ]);
  const missing = switches.flatMap((node) => node.missing);
  const unused = switches.flatMap(({ savedUnused }) => savedUnused ?? []);
  const columns = [...COLUMNS, ...(hasVnc ? ["VNC"] : []), ...(hasBmcs ? ["BMC"] : []), ""];
  return [
    formatTable(columns, rows),
    ...(vms.length === 0 ? [] : [`VMs in the racks: ${countStates(vms)}`]),
    ...missing.map((line) => toned("bad", line)),
    ...[...faults, ...unused].map((line) => toned("doubtful", line)),
    ...damaged.map((line) => toned("bad", line)),
  ].join("\n");
}

/** `2 running, 1 off`. */
function countStates(vms: EmulatorStatus["vms"]): string {
  return (["running", "off", "damaged"] as const)
    .map((word) => ({ word, count: vms.filter(({ state }) => state === word).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(", ");
}

const TONES = { running: "good", frozen: "doubtful", silent: "bad", stopped: "bad" } as const;

function stateOf({ state, reachable }: NodeStatus): TonedCell {
  return state === "running" && !reachable
    ? { tone: "bad", value: "unreachable" }
    : { tone: TONES[state], value: state };
}

function sessionsOf({ sessions: { up, planned } }: NodeStatus): TonedCell {
  const tone = up === planned ? "good" : up === null ? "doubtful" : "bad";
  return { tone, value: `${up ?? "?"}/${planned}` };
}

/** Formats the commands to try next, for a first-time user of the fabric. */
export function formatNextSteps(
  settings: Settings,
  { console, vnc }: Pick<Backend, "console" | "vnc">,
): string {
  const open =
    vnc !== undefined && hasShippedPassword(settings)
      ? `\nVM_ROOT_PASS still has its default value, so VNC listens on 127.0.0.1 only. Set it in ikvswitch.conf.\n`
      : "";
  return `${open}
Try:  ikvswitch ssh leaf1               log in to a switch; or: ssh root@ADDRESS
      ikvswitch exec leaf1 vtysh -c 'show bgp summary'
${console !== undefined ? "      ikvswitch console leaf1           attach to its serial console (detach with Ctrl-])\n" : ""}      ikvswitch status                  show this table again
      ikvswitch down                    shut down all switches, restore the host's network

Attach a server:
      ikvswitch plug 1 3                print QEMU's arguments for rack 1, position 3 (also for libvirt and namespaces)
      ikvswitch ports                   list positions and who is attached`;
}

function formatBmc(bmc: BmcStatus | undefined): string {
  if (bmc === undefined || bmc.endpoint.listen === "nowhere") {
    return "none";
  }
  const { address, port } = bmc.endpoint;
  return `${address}${port === 623 ? "" : `:${port}`}${bmc.running ? "" : " (off)"}`;
}
