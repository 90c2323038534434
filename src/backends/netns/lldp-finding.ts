import { type Finding, found, optionalMissing } from "../../host/findings/finding.ts";
import type { Host } from "../../system/host.ts";
import { LLDPCLI, readIfAllowed } from "./lldpcli.ts";

const REQUIREMENT = {
  name: "lldpcli",
  why: "each netns switch runs a copy of it, without which its lldpd neither announces it nor tells its neighbors",
  fix: "sudo usermod -aG adm NAME, then log in again: Debian lets only root and that group read it",
};

/** Checks that we can give lldpcli to the switches. */
export async function checkLldp(host: Host): Promise<Finding> {
  if ((await host.stat(LLDPCLI)) === undefined) {
    return optionalMissing(
      { ...REQUIREMENT, fix: "apt install --no-install-recommends lldpd" },
      "not installed",
    );
  }
  return (await readIfAllowed(host, LLDPCLI)) === undefined
    ? optionalMissing(REQUIREMENT, `${LLDPCLI} is not readable for this user: no LLDP`)
    : found(REQUIREMENT, LLDPCLI);
}
