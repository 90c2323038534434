import { CommandError, type MissingRequirement } from "../../errors.ts";
import type { Fabric, InterfaceName } from "../../fabric/types.ts";
import type { Command, Host } from "../../system/host.ts";
import type { Family } from "../model/firewall.ts";
import { disableIpv6Path } from "../model/kernel-files.ts";
import type { ObservedNetwork } from "../model/observed.ts";
import { deviceOwnership } from "../model/ownership.ts";
import { describeDrop } from "./describe-drop.ts";
import { FRAMES } from "./frames.ts";
import { findDrop } from "./trace.ts";

/** Two pairs of interfaces: the first of each is on the link's bridge. */
const PORTS = ["ikprobe0", "ikprobe2"] as const;
const ENDS = ["ikprobe1", "ikprobe3"] as const;

/**
 * Checks that frames pass a link of ours, by sending some between two ports that its bridge has for that time. The
 * check runs only if the host's firewall sees bridged frames; otherwise nothing drops them. A caller without the lock
 * may get no result: while another process runs the check, no problem is reported.
 *
 * @returns an empty list if frames pass, if the link does not exist, or if the host lacks perl or veth.
 */
export async function probeLink(
  host: Host,
  fabric: Fabric,
  observed: ObservedNetwork,
): Promise<readonly MissingRequirement[]> {
  const isThere = observed.devices.some(
    (device) => device.name === probedBridge(fabric) && deviceOwnership(fabric, observed.devices)(device),
  );
  return isThere ? probeNewLink(host, fabric, observed) : [];
}

/**
 * Checks a link like `probeLink`, right after the links were created.
 * @param observed state of the network before that
 */
export async function probeNewLink(
  host: Host,
  fabric: Fabric,
  observed: ObservedNetwork,
): Promise<readonly MissingRequirement[]> {
  const bridge = probedBridge(fabric);
  if (bridge === undefined || !seesFrames(observed)) {
    return [];
  }
  try {
    await host.run(makePorts(bridge, fabric));
    await host.run({ file: "tee", args: ENDS.map(disableIpv6Path), input: "1\n" }, { okExitCodes: [1] });
    await host.run(batch([...PORTS, ...ENDS].map((name) => `link set dev ${name} up`)));
    const passed = await sendFrames(host);
    const lost = (["ip", "ip6"] as const).filter((family) => !passed.has(family));
    if (lost.length === 0) {
      return [];
    }
    const drop = await findDrop(host, PORTS[0], () => sendFrames(host));
    return [describeDrop(lost, drop, observed, fabric.host.mark)];
  } catch (error) {
    if (error instanceof CommandError) {
      return [];
    }
    throw error;
  } finally {
    // A bridge whose last port is removed gets the kernel's default MTU.
    await host.run(
      batch(
        [...PORTS.map((name) => `link del dev ${name}`), `link set dev ${bridge} mtu ${fabric.mtu}`],
        "-force",
      ),
      { okExitCodes: [1, 2] },
    );
  }
}

function probedBridge(fabric: Fabric): InterfaceName | undefined {
  return fabric.links.find(({ kind }) => kind !== "host" && kind !== "bmc")?.bridge.name;
}

/** Reports whether any part of the host's firewall sees frames that pass a bridge. */
function seesFrames({ bridgeNetfilter, firewall }: ObservedNetwork): boolean {
  return (
    bridgeNetfilter.ip ||
    bridgeNetfilter.ip6 ||
    (firewall.nft?.chains ?? []).some(({ family }) => family === "bridge" || family === "netdev")
  );
}

/**
 * Returns the command that creates the ports. They have the link's MTU: a bridge takes the MTU of its smallest port,
 * and frames of a running fabric would no longer fit. They are in our group: firewall rules for our ports match them,
 * and the next start or stop removes them if ikvswitch was killed.
 */
function makePorts(bridge: InterfaceName, { mtu, host: { mark } }: Fabric): Command {
  return batch(
    PORTS.flatMap((port, index) => [
      `link add ${port} mtu ${mtu} group ${mark.linkGroup} type veth peer name ${ENDS[index]} mtu ${mtu}`,
      `link set dev ${port} master ${bridge}`,
      `link set dev ${ENDS[index]} group ${mark.linkGroup}`,
    ]),
  );
}

async function sendFrames(host: Host): Promise<ReadonlySet<Family>> {
  const { stdout } = await host.run({ file: "perl", args: ["-e", FRAMES, ...ENDS] });
  return new Set((["ip", "ip6"] as const).filter((family) => stdout.split("\n").includes(family)));
}

function batch(lines: readonly string[], ...options: readonly string[]): Command {
  return { file: "ip", args: [...options, "-batch", "-"], input: `${lines.join("\n")}\n` };
}
