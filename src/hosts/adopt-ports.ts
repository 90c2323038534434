import type { MemberPart } from "../fabric/member-part.ts";
import type { Host } from "../system/host.ts";
import { settleAll } from "../system/settle-all.ts";
import type { ConnectedMember } from "./connect.ts";

/** Limit for one member. */
const TIMEOUT_MS = 30_000;

/**
 * Marks the members' ends of switches' ports as ours, with all that the plan says of them: a cluster makes them with the
 * switches, whenever one starts, and knows nothing of link groups. Those that are there already stay as they are.
 */
export async function adoptPorts(members: readonly ConnectedMember[]): Promise<void> {
  await settleAll(members.map(({ part, host }) => adoptPortsOn(host, part)));
}

/** The same on one member. */
export async function adoptPortsOn(host: Host, part: Pick<MemberPart, "fabric" | "nodes">): Promise<void> {
  const { linkGroup, bridgeGroup } = part.fabric.host.mark;
  const args = ["-ec", ADOPT, "sh", `${linkGroup}`, `${bridgeGroup}`];
  await host.run({ file: "sh", args, input: portLines(part) }, { timeoutMs: TIMEOUT_MS });
}

/** Returns a line for each port: its name, MAC and bridge. */
export function portLines({ fabric, nodes }: Pick<MemberPart, "fabric" | "nodes">): string {
  return fabric.links
    .flatMap(({ bridge, interfaces }) =>
      interfaces.flatMap(({ name, mac, end }) =>
        end.kind === "node" && nodes.includes(end.node) ? [`${name} ${mac} ${bridge.name}\n`] : [],
      ),
    )
    .join("");
}

/** A port of another bridge, or of a bridge that is not ours, is another's. */
const ADOPT = `
group=$1 bridges=$2
cd /sys/class/net
while read -r port mac bridge; do
  [ -e "$port/brport/bridge" ] && [ "$(cat "$port/netdev_group")" = 0 ] || continue
  [ "$(basename "$(readlink "$port/brport/bridge")")" = "$bridge" ] || continue
  case $(cat "$bridge/netdev_group") in "$group" | "$bridges") ;; *) continue ;; esac
  [ ! -e "/proc/sys/net/ipv6/conf/$port" ] || echo 1 >"/proc/sys/net/ipv6/conf/$port/disable_ipv6"
  echo "link set dev $port address $mac group $group"
  echo "link set dev $port type bridge_slave learning off"
done | ip -batch -`;
