import { CommandError, type MissingRequirement, PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { toMissing } from "./findings/finding.ts";
import { checkEmulatorUser, checkRoot, checkTun } from "./findings/host-checks.ts";
import type { ObservedNetwork } from "./model/observed.ts";
import { observeNetwork } from "./observe.ts";
import { missingForUplink } from "./uplink-requirements.ts";

/**
 * Reads the host's network, after checking that we can work on it.
 * @param purpose `build` requires more than `look` and `remove`: a fabric can be stopped on a host that lost a
 *   requirement since.
 * @throws PreflightError with everything that is missing.
 */
export async function observeReadyHost(
  host: Host,
  fabric: Fabric,
  purpose: "build" | "look" | "remove",
): Promise<ObservedNetwork> {
  const checks = [
    checkRoot(host),
    ...(purpose === "build" ? [checkTun(host), checkEmulatorUser(host, fabric.host.user)] : []),
  ];
  const [findings, observed, uplink] = await Promise.allSettled([
    Promise.all(checks),
    observeNetwork(host, fabric),
    purpose === "build" ? missingForUplink(host, fabric) : [],
  ]);
  if (findings.status === "rejected") {
    throw findings.reason;
  }
  const missing: MissingRequirement[] = findings.value
    .filter(({ status }) => status === "missing")
    .map(toMissing);
  missing.push(...(uplink.status === "fulfilled" ? uplink.value : []));
  if (observed.status === "rejected") {
    if (isNotInstalled(observed.reason)) {
      missing.push(IP_MISSING);
    }
    throw missing.length > 0 ? new PreflightError(missing) : observed.reason;
  }
  const { iptables, nft } = observed.value.firewall;
  if (purpose === "build" && iptables === null && nft === null) {
    missing.push(FIREWALL_MISSING);
  }
  if (missing.length > 0) {
    throw new PreflightError(missing);
  }
  return observed.value;
}

function isNotInstalled(error: unknown): boolean {
  return error instanceof CommandError && error.exitCode === 127;
}

const IP_MISSING: MissingRequirement = {
  what: "missing program: ip",
  why: "creates bridges and taps",
  fix: "apt install iproute2",
};

const FIREWALL_MISSING: MissingRequirement = {
  what: "missing program: iptables or nft",
  why: "translates (SNAT) the fabric's traffic to the outside",
  fix: "apt install iptables nftables",
};
