import type { MissingRequirement } from "../../errors.ts";
import type { FabricMark } from "../../fabric/mark.ts";
import { UNLOCK } from "../firewall/locked.ts";
import type { Family, ObservedFirewall } from "../model/firewall.ts";
import type { ObservedNetwork } from "../model/observed.ts";
import type { Drop } from "./trace.ts";

const NAMES: Readonly<Record<Family, string>> = { ip: "IPv4", ip6: "IPv6" };

/**
 * Describes the remedy for frames that don't pass a link.
 * @param lost IP versions whose frames are lost
 * @param drop place of the drop; null if it is not known
 */
export function describeDrop(
  lost: readonly Family[],
  drop: Drop | null,
  { bridgeNetfilter, firewall }: ObservedNetwork,
  { linkGroup }: Pick<FabricMark, "linkGroup">,
): MissingRequirement {
  const hex = `0x${linkGroup.toString(16)}`;
  const place = drop === null ? "" : `${drop.family} ${drop.table} ${drop.chain}`;
  const by =
    drop === null
      ? "nft does not report where"
      : `by ${drop.rule === null ? `the policy of chain ${place}` : `the rule "${drop.rule}" in chain ${place}`}`;
  const viaBridgeNetfilter = drop?.family !== "bridge" && (bridgeNetfilter.ip || bridgeNetfilter.ip6);
  return {
    what: `the host's firewall drops ${lost.map((family) => NAMES[family]).join(" and ")} frames on the links between switches, ${by}`,
    why: viaBridgeNetfilter
      ? "br_netfilter passes bridged frames through the firewall, so no switch can reach another"
      : "no switch can reach another",
    fix: [
      ...(viaBridgeNetfilter
        ? [
            "sysctl -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0, unless another program needs it",
          ]
        : []),
      drop === null
        ? `accept frames within link group ${linkGroup}: iptables -I FORWARD -m devgroup --src-group ${hex} --dst-group ${hex} -j ACCEPT (and ip6tables)`
        : isLocked(drop, firewall)
          ? UNLOCK
          : `nft insert rule ${place} iifgroup ${linkGroup}${drop.isForwarded && drop.family !== "bridge" ? ` oifgroup ${linkGroup}` : ""} accept`,
    ].join("; or "),
  };
}

/** Reports whether the kernel lets only the table's owner add rules. */
function isLocked({ family, table }: Drop, { nft }: ObservedFirewall): boolean {
  return (nft?.chains ?? []).some(
    (chain) => chain.family === family && chain.table === table && chain.locked,
  );
}
