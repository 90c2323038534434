import type { Config } from "../config/types.ts";
import type { Report } from "./report.ts";

/** The numbers of racks, switches and positions. */
export interface FabricSize {
  readonly racks: number;
  readonly spines: number;
  readonly leaves: number;
  /** Positions for servers in each rack. */
  readonly positions: number;
  readonly nodes: number;
}

/** The lowest two positions of a rack are for the leaves. */
export const FIRST_POSITION = 3;

/** Bridge names join a spine's digit and a leaf's number without a separator: `iksb129` is spine 1's port 29. */
const MAX_SPINES = 9;
/** Linux numbers a bridge's ports in 10 bits, from 1 (BR_PORT_BITS in net/bridge/br_private.h). */
const MAX_BRIDGE_PORTS = 1023;
/** Loopbacks are NET3.1 to NET3.254. */
const MAX_LOOPBACKS = 254;
/** BMCs are .10 to .254 of their network. */
const MAX_BMCS = 245;

export function fabricSize(config: Config): FabricSize {
  const leaves = 2 * config.NUM_RACKS;
  return {
    racks: config.NUM_RACKS,
    spines: config.NUM_SPINES,
    leaves,
    positions: config.NUM_U - FIRST_POSITION + 1,
    nodes: 1 + config.NUM_SPINES + leaves,
  };
}

/** Reports numbers of racks, spines or positions for which names or addresses do not suffice. */
export function checkSize(size: FabricSize, report: Report): void {
  if (size.racks < 1) {
    report("NUM_RACKS", "a fabric has at least 1 rack");
  }
  if (size.spines < 1 || size.spines > MAX_SPINES) {
    report(
      "NUM_SPINES",
      `a fabric has 1 to ${MAX_SPINES} spines: their number is one digit of an interface name`,
    );
  }
  if (size.positions < 1) {
    report("NUM_U", `a rack has at least ${FIRST_POSITION} U: two for its leaves and one for a server`);
  }
  if (size.positions > MAX_BRIDGE_PORTS) {
    const most = MAX_BRIDGE_PORTS + FIRST_POSITION - 1;
    report(
      "NUM_U",
      `at most ${most}: a leaf bridges its server ports, and a Linux bridge has ${MAX_BRIDGE_PORTS}`,
    );
  }
  checkNodes(size, MAX_LOOPBACKS, "loopbacks in HOST_VIRTUAL_SUBNET_NET3's /24", report);
  checkNodes(size, MAX_BMCS, "BMCs in HOST_IPMI_IP's /24", report);
}

function checkNodes(size: FabricSize, most: number, what: string, report: Report): void {
  if (size.nodes > most) {
    const mostRacks = Math.floor((most - 1 - size.spines) / 2);
    report(
      "NUM_RACKS",
      `addresses run out: ${size.nodes} switches, and room for ${most} ${what}; ` +
        `with ${size.spines} spines there can be ${mostRacks} racks`,
    );
  }
}
