import { type Finding, found, optionalMissing, type Requirement } from "../../host/findings/finding.ts";

/** The facts that decide whether switches get CPU time often enough for BFD. */
export interface BfdSituation {
  readonly switches: number;
  /** Number of the host's processors. */
  readonly processors: number;
  /** True if the switches are virtual machines without KVM. */
  readonly emulated: boolean;
  /** BFD_INTERVAL_MS. */
  readonly intervalMs: number;
}

const PATIENT_MS = 1_000;

/**
 * Reports whether the switches can send their BFD packets in time. Measured with nine emulated switches on two
 * processors: no session is lost on an idle host, but sessions are lost from a load average of 3 on. Namespaces and VMs
 * under KVM lose none.
 */
export function bfdFinding({ switches, processors, emulated, intervalMs }: BfdSituation): Finding {
  const requirement: Requirement = {
    name: "CPU time for BFD",
    why: `if a switch gets no CPU time for ${3 * intervalMs} ms, BFD declares it down, and its sessions flap`,
    fix: `set BFD_INTERVAL_MS=${PATIENT_MS}, reduce the load of this host, or use BACKEND=netns`,
  };
  if (!emulated) {
    return found(requirement, `every ${intervalMs} ms`);
  }
  const share = `${switches} emulated switches on ${processors} CPUs`;
  return switches <= 2 * processors || intervalMs >= PATIENT_MS
    ? found(requirement, `every ${intervalMs} ms, ${share}`)
    : optionalMissing(requirement, `${share} may send BFD packets late under load`);
}
