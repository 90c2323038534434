import { currentBackend } from "../backends/find.ts";
import type { Backends } from "../backends/model/backend.ts";
import type { SavedFabric } from "../backends/model/saved-fabrics.ts";
import { bmcAccess } from "../bmc/access.ts";
import { type BmcStatus, bmcStatus } from "../bmc/status.ts";
import type { Settings } from "../config/settings.ts";
import { type SshPortStatus, sshPortStatus } from "../enclosure/ssh-port.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Uplink } from "../fabric/uplink-types.ts";
import { observeFaults } from "../faults/active-faults.ts";
import { faultLines } from "../faults/format.ts";
import { networkHosts } from "../hosts/network-host.ts";
import { readConsolePasswords } from "../nodes/console-passwords.ts";
import type { Machines } from "../nodes/machines.ts";
import { type NodeStatus, observeSwitches } from "../nodes/status.ts";
import { type PlugStatus, plugStatus } from "../plugs/status.ts";
import type { Host } from "../system/host.ts";
import { type HostUse, observeHostUse } from "../vms/host-use.ts";
import { type VmState, vmStates } from "../vms/observe.ts";
import { damagedFiles } from "./damaged.ts";
import { findKept } from "./saved-fabrics.ts";

/** A member of a cluster, and its switches, which are `silent`. */
export interface LostSwitches {
  readonly name: string;
  /** False if the member answers, but its cluster does not, as for a moment after the loss of another member. */
  readonly isDown: boolean;
  readonly switches: readonly string[];
}

export interface EmulatorStatus {
  /** Name of the switches' backend. */
  readonly backend: string;
  /** True if their kernel has 802.1Q. Without it, server ports are untagged, without DHCP and layer 2 VLANs. */
  readonly vlans: boolean;
  /** The planned way out of the fabric. */
  readonly uplink: Uplink;
  readonly switches: readonly NodeStatus[];
  /** Empty if switches are not virtual machines. */
  readonly bmcs: readonly BmcStatus[];
  /** VMs in the racks. They don't count for `asPlanned`: the plan has none. */
  readonly vms: readonly VmState[];
  /** What this host has, what is in use of it, and what VMs may take at most. */
  readonly host: HostUse;
  /** Sockets for VMs; null if none are to be open. */
  readonly plugs: PlugStatus | null;
  /** The host's port for SSH to internet; null if none is to be open. */
  readonly sshPort: SshPortStatus | null;
  /** Injected faults, a line each. */
  readonly faults: readonly string[];
  /** The state of switches that `down --keep` has kept, which `up` resumes; null if there is none. */
  readonly kept: SavedFabric | null;
  /** Members that don't answer, or for which their cluster does not, and their switches: nothing is known of these. */
  readonly lost: readonly LostSwitches[];
  /** Files of ours that are damaged, a line each. */
  readonly damaged: readonly string[];
  /**
   * True if every switch runs, is reachable and has all planned sessions, the sockets are open, no fault is injected, and
   * no file is damaged.
   */
  readonly asPlanned: boolean;
}

/** Returns the current status of every switch and its BMC. */
export async function emulatorStatus(
  host: Host,
  settings: Settings,
  fabric: Fabric,
  backends: Backends,
): Promise<EmulatorStatus> {
  const place = { runDir: settings.runDir, configured: settings.backend, backends };
  const backend = await currentBackend(host, place);
  const machines = await backend.nodes(host, settings.runDir);
  const hosts = await networkHosts(host, fabric, settings);
  // If no password was generated yet, no BMC was started either.
  const access = bmcAccess(settings, (await readConsolePasswords(host, settings)).bmc ?? "");
  const [switches, bmcs, vms, hostUse, plugs, sshPort, faults, kept, damaged] = await Promise.all([
    observeSwitches(host, {
      fabric,
      machines,
      stateDir: settings.stateDir,
      vncListen: backend.vnc?.listenAddress(settings) ?? null,
      hasBmcs: backend.bmc !== undefined,
    }),
    backend.bmc === undefined ? [] : bmcStatus(host, fabric, { runDir: settings.runDir, access }),
    vmStates(host, settings),
    observeHostUse(host, settings),
    plugStatus(host, fabric, settings),
    sshPortStatus(host, settings),
    observeFaults(hosts, fabric, machines).then(faultLines),
    findKept(host, settings.stateDir, backends),
    damagedFiles(host, settings, backends),
  ]);
  const asPlanned =
    faults.length === 0 &&
    damaged.length === 0 &&
    plugs?.running !== false &&
    sshPort?.running !== false &&
    switches.every(isAsPlanned);
  const { vlans } = machines;
  const lost = await lostMembers(machines, fabric);
  return {
    ...{ backend: backend.name, vlans, uplink: fabric.uplink, switches, bmcs, vms, host: hostUse, plugs },
    ...{ sshPort, faults, kept, lost, damaged, asPlanned },
  };
}

async function lostMembers(machines: Machines, { nodes }: Fabric): Promise<EmulatorStatus["lost"]> {
  const lost = [...((await machines.lost?.(nodes.map(({ name }) => name))) ?? [])];
  return [...new Map(lost.map(([, known]) => [known.member, known])).values()].map(({ member, isDown }) => ({
    name: member,
    isDown,
    switches: lost.flatMap(([node, known]) => (known.member === member ? [node] : [])),
  }));
}

function isAsPlanned({ state, reachable, sessions }: NodeStatus): boolean {
  return state === "running" && reachable && sessions.up === sessions.planned;
}
