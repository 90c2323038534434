import type { Config } from "../config/types.ts";
import { BMC_LOOPBACK_PORTS, VNC_BASE } from "./machines.ts";
import { allPositionNics } from "./positions.ts";
import type { Report } from "./report.ts";
import type { FabricSize } from "./size.ts";
import type { Fabric, InterfaceName } from "./types.ts";

/** A TCP port and a unix socket of the host by which VMs attach to the fabric, to the same taps as otherwise. */
export interface PlugSocket {
  /** `1-3-2`: rack, position and NIC; or `segment`. */
  readonly name: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Of the unix socket. */
  readonly path: string;
  /** The first one that nobody has open is used. */
  readonly taps: readonly InterfaceName[];
  /** Limit on clients at the same time. */
  readonly clients: number;
}

/** The shared segment's name. */
export const SEGMENT = "segment";
/** The rack whose untagged network, with its DHCP, is the shared segment. */
export const SEGMENT_RACK = 1;
const SEGMENT_CLIENTS = 64;
const LAST_PORT = 65_535;

/**
 * Returns the shared segment's sockets, followed by those of all NICs by rack, position and NIC.
 *
 * The segment is the untagged network of rack 1: its clients share one tap that leads to the left leaf. It is that of
 * the highest free position, since servers are usually placed from below.
 * @param folder of the unix sockets.
 */
export function planPlugSockets(
  fabric: Fabric,
  { portStart, folder }: { readonly portStart: number; readonly folder: string },
): readonly PlugSocket[] {
  const nics = allPositionNics(fabric).flat();
  const shared = nics.filter(({ rack, nic }) => rack === SEGMENT_RACK && nic === 1).toReversed();
  const plugs = [
    { name: SEGMENT, taps: shared.map(({ tap }) => tap), clients: SEGMENT_CLIENTS },
    ...nics.map(({ rack, position, nic, tap }) => ({
      name: `${rack}-${position}-${nic}`,
      taps: [tap],
      clients: 1,
    })),
  ];
  return plugs.map((plug, index) => ({
    ...plug,
    port: portStart + index,
    path: `${folder}/${plug.name}`,
  }));
}

/** The TCP ports that the sockets, and others of ours on loopback, take. */
export interface PortUse {
  readonly start: number;
  /** Positions of all racks. */
  readonly positions: number;
  readonly firstVncPort: number;
  readonly switches: number;
}

/** Returns a text for each reason why the sockets can't have these ports, with the remedy. */
export function plugPortProblems({ start, positions, firstVncPort, switches }: PortUse): readonly string[] {
  const count = 1 + 2 * positions;
  const last = start + count - 1;
  if (last > LAST_PORT) {
    const highest = LAST_PORT - count + 1;
    const fix = highest < 1024 ? "set PLUG_SOCKETS=no, or fewer racks" : `begin at ${highest} or lower`;
    return [
      `${count} sockets from port ${start} on end at ${last}, and ${LAST_PORT} is the last port; ${fix}`,
    ];
  }
  const others = [
    { first: firstVncPort, last: firstVncPort + switches - 1, what: "the VNC consoles (VNC_DISPLAY_START)" },
    { ...BMC_LOOPBACK_PORTS, what: "BMCs" },
  ];
  return others
    .filter((other) => start <= other.last && other.first <= last)
    .map(
      (other) =>
        `the sockets' ports ${start} to ${last} overlap those of ${other.what}, ${other.first} to ${other.last}; ` +
        `begin at ${other.last + 1} or higher`,
    );
}

/**
 * Reports ports that are impossible. With PLUG_SOCKETS=auto, they matter only where sockets are opened, which is known
 * then.
 */
export function checkPlugPorts(config: Config, size: FabricSize, report: Report): void {
  if (config.PLUG_SOCKETS !== "yes") {
    return;
  }
  const problems = plugPortProblems({
    start: config.PLUG_PORT_START,
    positions: size.racks * size.positions,
    firstVncPort: VNC_BASE + config.VNC_DISPLAY_START,
    switches: size.nodes,
  });
  for (const problem of problems) {
    report("PLUG_PORT_START", problem);
  }
}
