import type { Fabric } from "../../fabric/types.ts";
import { toned } from "../../format/tone.ts";
import type { Host } from "../../system/host.ts";
import type { Finding } from "../findings/finding.ts";
import { checkEmulatorUser, checkRoot, checkTun, checkTunAccess } from "../findings/host-checks.ts";
import { checkDisk, checkMemory } from "./capacity-checks.ts";
import { checkBridgeNetfilter, checkDrivers } from "./kernel-checks.ts";
import { examineHostNetwork } from "./network-checks.ts";
import { checkPrograms } from "./program-checks.ts";

export interface DoctorOptions {
  readonly stateDir: string;
  /** Programs that emulate the host's architecture: `qemu-system-x86_64`. */
  readonly emulators: readonly string[];
  /** Further checks, such as booting a virtual machine under KVM. */
  readonly more: readonly (() => Promise<readonly Finding[]>)[];
}

/** Checks for everything that the emulator needs. Changes nothing. */
export async function examineHost(
  host: Host,
  fabric: Fabric,
  options: DoctorOptions,
): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    checkRoot(host),
    checkEmulatorUser(host, fabric.host.user),
    checkTun(host),
    checkTunAccess(host, fabric.host.user),
    checkDrivers(host),
    checkBridgeNetfilter(host),
    examineHostNetwork(host, fabric),
    checkPrograms(host, options.emulators),
    checkDisk(host, options.stateDir),
    checkMemory(host, fabric),
    ...options.more.map((examine) => examine()),
  ]);
  return findings.flat();
}

/** Formats one line for each item that is present, and reason and remedy for each that is not. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings.map((finding) => formatFinding(finding, width)).join("\n");
}

const words = { found: "ok", missing: "MISSING", "optional-missing": "absent" } as const;
const tones = { found: "good", missing: "bad", "optional-missing": "doubtful" } as const;

function formatFinding({ name, status, detail, why, fix }: Finding, width: number): string {
  const word = words[status];
  const line = `${toned(tones[status], word)}${" ".repeat(8 - word.length)} ${name.padEnd(width)}  ${detail}`;
  return status === "found" ? line : `${line}\n${" ".repeat(9)}why: ${why}\n${" ".repeat(9)}fix: ${fix}`;
}
