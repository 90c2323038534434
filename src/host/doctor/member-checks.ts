import type { Host } from "../../system/host.ts";
import type { Finding } from "../findings/finding.ts";
import { checkRoot, checkTun } from "../findings/host-checks.ts";
import { checkDisk } from "./capacity-checks.ts";
import { checkDrivers, checkRedirects, memberDrivers } from "./kernel-checks.ts";
import { findPrograms, memberPrograms, operatorPrograms } from "./program-checks.ts";

/** Checks for everything that a member of a cluster needs for its part of the fabric. Changes nothing. */
export async function examineMember(host: Host): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    checkRoot(host),
    checkTun(host),
    checkDrivers(host, memberDrivers),
    checkRedirects(host),
    findPrograms(host, memberPrograms),
  ]);
  return findings.flat();
}

/** Checks for what this host needs if all switches are on members. */
export async function examineOperator(host: Host, stateDir: string): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    checkRoot(host),
    findPrograms(host, operatorPrograms),
    checkDisk(host, stateDir),
  ]);
  return findings.flat();
}
