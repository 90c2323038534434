import type { Host } from "../../system/host.ts";
import { type Finding, found, missing, optionalMissing, type Requirement } from "../findings/finding.ts";

interface Program extends Requirement {
  /** Any one of these is enough. */
  readonly files: readonly string[];
  readonly optional: boolean;
}

function programs(emulators: readonly string[]): readonly Program[] {
  return [
    required(["ip"], "iproute2", "creates bridges and taps"),
    FIREWALL,
    optional(["nft"], "nftables", "removes empty tables left by iptables, and finds dropping chains"),
    required(["setpriv"], "util-linux", "drops root privileges of switches"),
    ...emulators.map((emulator) =>
      required(
        [emulator],
        emulator.endsWith("aarch64") ? "qemu-system-arm" : "qemu-system-x86",
        "runs the switches",
      ),
    ),
    required(["mmdebstrap"], "mmdebstrap", "builds the switches' image from Debian packages"),
    required(["mkfs.erofs"], "erofs-utils", "packs the switches' image"),
    required(["ssh"], "openssh-client", "logs in to the switches"),
    optional(["ipmi_sim"], "openipmi", "simulates the switches' BMCs"),
    optional(["ipmitool"], "ipmitool", "controls simulates the switches' BMCs"),
    optional(["vtysh"], "frr", "optional: for BGP on the host itself, or to check FRR configurations"),
  ];
}

const FIREWALL = required(
  ["iptables-restore", "nft"],
  "iptables",
  "translates (SNAT) the fabric's traffic to the outside",
);

/** Programs of a member of a cluster. */
export const memberPrograms: readonly Program[] = [
  required(["ip"], "iproute2", "creates bridges and what leads to other members"),
  required(["tc"], "iproute2", "redirects frames between members"),
  required(["ping"], "iputils-ping", "measures what the network between the members takes"),
  FIREWALL,
  optional(["perl"], "perl-base", "names who is attached to a rack position"),
];

/** Programs of this host if all switches are on members of a cluster. */
export const operatorPrograms: readonly Program[] = [
  required(["ssh"], "openssh-client", "logs in to members and switches"),
  required(["mmdebstrap"], "mmdebstrap", "builds the switches' image from Debian packages"),
];

export function checkPrograms(host: Host, emulators: readonly string[]): Promise<readonly Finding[]> {
  return findPrograms(host, programs(emulators));
}

/** Checks all programs in one process. */
export async function findPrograms(host: Host, wanted: readonly Program[]): Promise<readonly Finding[]> {
  const { stdout } = await host.run(
    { file: "which", args: wanted.flatMap(({ files }) => files) },
    { okExitCodes: [1] },
  );
  const paths = stdout.split("\n").filter((path) => path !== "");
  return wanted.map(({ name, why, fix, files, optional: isOptional }) => {
    const path = paths.find((candidate) => files.includes(candidate.split("/").at(-1) ?? ""));
    const absent = isOptional ? optionalMissing : missing;
    return path === undefined ? absent({ name, why, fix }, "not installed") : found({ name, why, fix }, path);
  });
}

function required(files: readonly string[], packageName: string, why: string): Program {
  return { name: files.join(" or "), files, why, fix: `apt install ${packageName}`, optional: false };
}

function optional(files: readonly string[], packageName: string, why: string): Program {
  return { ...required(files, packageName, why), optional: true };
}
