import type { Finding } from "../../host/findings/finding.ts";
import { checkProgramsRun } from "../../image/programs-finding.ts";
import { findArchitecture } from "../../system/architecture.ts";
import type { Host } from "../../system/host.ts";
import { processors } from "../../system/processors.ts";
import type { ExamineRequest } from "../model/backend.ts";
import { bfdFinding } from "./bfd-finding.ts";
import { checkKvm } from "./kvm-finding.ts";

/** Examines this host for switches as virtual machines. */
export async function examineForMachines(
  host: Host,
  { settings, fabric }: ExamineRequest,
): Promise<readonly Finding[]> {
  const [kvm, programs, count] = await Promise.all([
    findArchitecture(host).then((architecture) => checkKvm(host, settings, architecture)),
    checkProgramsRun(host, settings.stateDir),
    processors(host),
  ]);
  const bfd = bfdFinding({
    switches: fabric.nodes.length,
    processors: count,
    emulated: settings.backend === "qemu" && kvm.status !== "found",
    intervalMs: fabric.bfdIntervalMs,
  });
  return [kvm, bfd, programs];
}
