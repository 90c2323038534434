import type { ProgramFolders } from "../backends/netns/files.ts";
import { upSandboxes } from "../backends/netns/up.ts";
import { type UpReport, type UpRequest, upSwitches } from "../backends/qemu/up.ts";
import { runningMachines } from "../backends/running.ts";
import { switchPorts } from "../backends/switch-ports.ts";
import type { BmcPrograms } from "../bmc/plan.ts";
import { healthyPart } from "../faults/healthy-part.ts";
import { observeFaults } from "../faults/in-force.ts";
import { clearFaults } from "../faults/restore.ts";
import { summarizeStart } from "../host/format.ts";
import { hostNetworkSettings, startHostNetwork } from "../host/start.ts";
import type { Host } from "../system/host.ts";
import type { Step } from "../system/steps.ts";
import { startBmcsStep } from "./start-bmcs-step.ts";
import { stopOtherBackend } from "./stop-other.ts";

export interface BringUpRequest extends Omit<UpRequest, "observable"> {
  readonly sandboxes: ProgramFolders;
  readonly bmcPrograms: BmcPrograms;
  /** Leave wires and switches that somebody broke on purpose as they are. */
  readonly keepFaults: boolean;
}

export interface BringUp {
  /** To be done before anything is stopped or changed: all that is needed and can be missing. */
  readonly preflight: readonly Step[];
  readonly steps: readonly Step[];
  readonly outcomes: () => UpReport["outcomes"];
}

/** Everything that `up` does: the host's network, the switches, and their BMCs. */
export function bringUp(host: Host, request: BringUpRequest): BringUp {
  const { config, fabric, interrupted, keepFaults, onWarning } = request;
  const machines = () => runningMachines(host, config.RUN_DIR, config.BACKEND);
  const observable = async () =>
    keepFaults ? healthyPart(fabric, await observeFaults(host, fabric, await machines())) : fabric;
  const hostNetwork: Step = {
    title: "Build the host network",
    run: async (note) => {
      const stopped = await stopOtherBackend(host, config, fabric);
      const cleared = keepFaults ? 0 : await clearFaults(host, fabric, await machines());
      const started = summarizeStart(
        await startHostNetwork(host, fabric, {
          ...(await hostNetworkSettings(host, config)),
          switchPorts: await switchPorts(host, config.RUN_DIR, config.BACKEND),
          keepFaults,
          onProgress: note,
          onWarning,
          interrupted,
        }),
      );
      return [
        started,
        ...(stopped === 0 ? [] : [`${stopped} switches that were something else are stopped`]),
        ...(cleared === 0 ? [] : [`${cleared} faults taken back`]),
      ].join("; ");
    },
  };
  if (config.BACKEND === "netns") {
    const up = upSandboxes(host, { ...request, observable, folders: request.sandboxes });
    return { ...up, steps: [hostNetwork, ...up.steps] };
  }
  const switches = upSwitches(host, { ...request, observable });
  const bmcs = startBmcsStep(host, {
    ...request,
    kvm: () => switches.report().acceleration.accelerator === "kvm",
  });
  return {
    preflight: switches.preflight,
    steps: [hostNetwork, ...switches.steps, bmcs],
    outcomes: () => switches.report().outcomes,
  };
}
