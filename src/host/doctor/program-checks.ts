import type { Host } from "../../system/host.ts";
import { type Finding, found, missing, optionalMissing, type Requirement } from "../findings/finding.ts";

interface Program extends Requirement {
  /** Any of these will do. */
  readonly files: readonly string[];
  readonly optional: boolean;
}

function programs(emulators: readonly string[]): readonly Program[] {
  return [
    required(["ip"], "iproute2", "creates bridges and taps"),
    required(["iptables-restore", "nft"], "iptables", "SNATs what the fabric sends to the world"),
    optional(
      ["nft"],
      "nftables",
      "removes the empty tables that iptables leaves behind, and finds chains that drop",
    ),
    required(["setpriv"], "util-linux", "runs the switches without root's rights"),
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
    optional(["ipmi_sim"], "openipmi", "the switches' BMCs"),
    optional(["ipmitool"], "ipmitool", "talks to the switches' BMCs"),
    optional(
      ["vtysh"],
      "frr",
      "only where the host itself speaks BGP, or FRR configurations are checked on it",
    ),
  ];
}

/** One process finds them all. */
export async function checkPrograms(host: Host, emulators: readonly string[]): Promise<readonly Finding[]> {
  const wanted = programs(emulators);
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
