import { type Finding, found, optionalMissing, type Requirement } from "../../host/findings/finding.ts";

/** What decides whether switches get a processor often enough for BFD. */
export interface BfdSituation {
  readonly switches: number;
  /** Of the host. */
  readonly processors: number;
  /** Whether the switches are virtual machines without KVM. */
  readonly emulated: boolean;
  /** BFD_INTERVAL_MS. */
  readonly intervalMs: number;
}

const PATIENT_MS = 1_000;

/**
 * Whether the switches can send their BFD packets in time. Nine emulated switches on two processors lose no session
 * where nothing else runs, and did at load averages from 3 on; namespaces and machines under KVM did not.
 */
export function bfdFinding({ switches, processors, emulated, intervalMs }: BfdSituation): Finding {
  const requirement: Requirement = {
    name: "CPU time for BFD",
    why: `BFD declares a switch down that gets no CPU time for ${3 * intervalMs} ms, and its sessions flap`,
    fix: `set BFD_INTERVAL_MS=${PATIENT_MS}, reduce the load of this host, or use BACKEND=netns`,
  };
  if (!emulated) {
    return found(requirement, `every ${intervalMs} ms`);
  }
  const share = `${switches} emulated switches on ${processors} CPUs`;
  return switches <= 2 * processors || intervalMs >= PATIENT_MS
    ? found(requirement, `every ${intervalMs} ms, ${share}`)
    : optionalMissing(requirement, `${share} may miss it under load`);
}
