import { CommandError, type MissingRequirement } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import { describeUplink } from "../../fabric/uplink.ts";
import type { Host } from "../../system/host.ts";
import { findConflicts, networksInside } from "../conflicts.ts";
import { type Finding, found, type Requirement, toFinding, untold } from "../findings/finding.ts";
import { lockedFirewalls, UNLOCK } from "../firewall/locked.ts";
import type { ObservedNetwork } from "../model/observed.ts";
import { observeNetwork } from "../observe.ts";
import { probeLink } from "../probe/probe-link.ts";
import { missingForUplink } from "../uplink-requirements.ts";

const FIREWALL: Requirement = {
  name: "firewall",
  why: "if it filters bridged frames, it must accept those of the fabric's links",
  fix: "nothing to do",
};

const NETWORKS: Requirement = {
  name: "networks",
  why: "the fabric needs its own addresses and device names",
  fix: "nothing to do",
};

const WAY_OUT: Requirement = {
  name: "way out",
  why: "the fabric reaches the outside by it",
  fix: "nothing to do",
};

/**
 * Examines the host for conflicts with the fabric's network and, if the fabric's links exist, for drops of their
 * frames.
 */
export async function examineHostNetwork(host: Host, fabric: Fabric): Promise<readonly Finding[]> {
  const observed = await observeNetwork(host, fabric).catch((error: unknown) => {
    if (error instanceof CommandError) {
      return null;
    }
    throw error;
  });
  if (observed === null) {
    return [untold(FIREWALL), untold(NETWORKS)];
  }
  const drops = [...lockedDrops(observed), ...(await probeLink(host, fabric, observed))];
  const closedWays = await lockedFirewalls(host, fabric, observed.firewall);
  const others = networksInside(fabric, observed);
  const uplink = await missingForUplink(host, fabric);
  return [
    ...(fabric.uplink.kind === "nat" ? [] : problems(WAY_OUT, uplink, describeUplink(fabric.uplink))),
    ...problems(FIREWALL, drops, "links pass frames"),
    ...closedWays.map((way) => toFinding(FIREWALL.name, way, "optional-missing")),
    ...problems(NETWORKS, findConflicts(fabric, observed), others.length === 0 ? "free" : others.join("; ")),
  ];
}

function problems(
  requirement: Requirement,
  all: readonly MissingRequirement[],
  otherwise: string,
): readonly Finding[] {
  return all.length === 0
    ? [found(requirement, otherwise)]
    : all.map((problem) => toFinding(requirement.name, problem));
}

/**
 * Returns chains that drop packets and accept no exceptions of ours. Only a test on existing links shows whether they
 * see frames.
 */
function lockedDrops({ firewall, bridgeNetfilter }: ObservedNetwork): readonly MissingRequirement[] {
  return (firewall.nft?.chains ?? [])
    .filter(({ locked, hook, policy }) => locked && hook === "forward" && policy === "drop")
    .filter(({ family }) => family === "bridge" || bridgeNetfilter.ip || bridgeNetfilter.ip6)
    .map(({ family, table, name }) => ({
      what: `nft chain ${family} ${table} ${name} has a drop policy, and only its owner may add rules`,
      why: FIREWALL.why,
      fix: `sysctl -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0, or ${UNLOCK}`,
    }));
}
