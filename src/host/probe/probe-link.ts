import { CommandError, type MissingRequirement } from "../../errors.ts";
import type { Fabric, InterfaceName } from "../../fabric/types.ts";
import type { Command, Host } from "../../system/host.ts";
import type { Family } from "../model/firewall.ts";
import { disableIpv6Path } from "../model/kernel-files.ts";
import type { ObservedNetwork } from "../model/observed.ts";
import { deviceOwnership, LINK_GROUP } from "../model/ownership.ts";
import { describeDrop } from "./describe-drop.ts";
import { FRAMES } from "./frames.ts";
import { findDrop } from "./trace.ts";

/** Two pairs of interfaces: the first of each is on the link's bridge. */
const PORTS = ["ikprobe0", "ikprobe2"] as const;
const ENDS = ["ikprobe1", "ikprobe3"] as const;

/**
 * Whether frames pass a link of ours, tried by sending some between two ports that its bridge has for that time. It is
 * tried where the host's firewall sees bridged frames; elsewhere nothing stops them. Whoever calls this has the lock,
 * or puts up with not knowing: while another does it, the answer is that nothing is wrong.
 *
 * @returns nothing where frames pass, where no link is there, and where the host lacks perl or veth.
 */
export async function probeLink(
  host: Host,
  fabric: Fabric,
  observed: ObservedNetwork,
): Promise<readonly MissingRequirement[]> {
  const isThere = observed.devices.some(
    (device) => device.name === probedBridge(fabric) && deviceOwnership(fabric)(device),
  );
  return isThere ? probeNewLink(host, fabric, observed) : [];
}

/** As `probeLink`, right after the links were made. @param observed before that */
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
    await host.run(makePorts(bridge, fabric.mtu));
    await host.run({ file: "tee", args: ENDS.map(disableIpv6Path), input: "1\n" }, { okExitCodes: [1] });
    await host.run(batch([...PORTS, ...ENDS].map((name) => `link set dev ${name} up`)));
    const passed = await sendFrames(host);
    const lost = (["ip", "ip6"] as const).filter((family) => !passed.has(family));
    if (lost.length === 0) {
      return [];
    }
    const drop = await findDrop(host, PORTS[0], () => sendFrames(host));
    return [describeDrop(lost, drop, observed)];
  } catch (error) {
    if (error instanceof CommandError) {
      return [];
    }
    throw error;
  } finally {
    await host.run(
      batch(
        PORTS.map((name) => `link del dev ${name}`),
        "-force",
      ),
      { okExitCodes: [1, 2] },
    );
  }
}

function probedBridge(fabric: Fabric): InterfaceName | undefined {
  return fabric.links.find(({ kind }) => kind !== "host" && kind !== "bmc")?.bridge.name;
}

/** Whether anything of the host's firewall looks at frames that pass a bridge. */
function seesFrames({ bridgeNetfilter, firewall }: ObservedNetwork): boolean {
  return (
    bridgeNetfilter.ip ||
    bridgeNetfilter.ip6 ||
    (firewall.nft?.chains ?? []).some(({ family }) => family === "bridge" || family === "netdev")
  );
}

/**
 * Of the link's MTU: a bridge takes on that of its smallest port, and a running fabric's frames would no longer fit. In our
 * group, which rules for our ports match, and so that the next start or stop removes what a kill left.
 */
function makePorts(bridge: InterfaceName, mtu: number): Command {
  return batch(
    PORTS.flatMap((port, index) => [
      `link add ${port} mtu ${mtu} group ${LINK_GROUP} type veth peer name ${ENDS[index]} mtu ${mtu}`,
      `link set dev ${port} master ${bridge}`,
      `link set dev ${ENDS[index]} group ${LINK_GROUP}`,
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
