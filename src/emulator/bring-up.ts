import { bmcAccess } from "../bmc/access.ts";
import type { BmcPrograms } from "../bmc/plan.ts";
import { startBmcs } from "../bmc/start.ts";
import { summarizeStart } from "../host/format.ts";
import { startHostNetwork } from "../host/start.ts";
import type { ProgramFolders } from "../switches/netns/files.ts";
import { upSandboxes } from "../switches/netns/up.ts";
import { findEmulatorUser } from "../switches/qemu/user.ts";
import { switchPorts } from "../switches/switch-ports.ts";
import { type UpReport, type UpRequest, upSwitches } from "../switches/up.ts";
import type { Host } from "../system/host.ts";
import type { Step } from "../system/steps.ts";
import { stopOtherBackend } from "./stop-other.ts";

export interface BringUpRequest extends UpRequest {
  readonly sandboxes: ProgramFolders;
  readonly bmcPrograms: BmcPrograms;
  readonly onWarning: (text: string) => void;
}

/** Everything that `up` does: the host's network, the switches, and their BMCs. */
export function bringUp(
  host: Host,
  request: BringUpRequest,
): { readonly steps: readonly Step[]; readonly outcomes: () => UpReport["outcomes"] } {
  const { config, fabric, interrupted, onWarning } = request;
  const hostNetwork: Step = {
    title: "Build the host network",
    run: async (note) => {
      const stopped = await stopOtherBackend(host, config, fabric);
      const started = summarizeStart(
        await startHostNetwork(host, fabric, {
          stateDir: config.STATE_DIR,
          switchPorts: await switchPorts(host, config.RUN_DIR, config.BACKEND),
          onProgress: note,
          onWarning,
          interrupted,
        }),
      );
      return stopped === 0 ? started : `${started}; ${stopped} switches that were something else are stopped`;
    },
  };
  if (config.BACKEND === "netns") {
    const { check, steps, outcomes } = upSandboxes(host, { ...request, folders: request.sandboxes });
    return { steps: [check, hostNetwork, ...steps], outcomes };
  }
  const switches = upSwitches(host, request);
  const bmcs: Step = {
    title: "Start the switches' BMCs",
    run: async () => {
      const access = bmcAccess(config);
      const outcomes = await startBmcs(host, fabric, {
        runDir: config.RUN_DIR,
        access,
        user: await findEmulatorUser(host, config.EMULATOR_USER),
        kvm: switches.report().acceleration.accelerator === "kvm",
        programs: request.bmcPrograms,
      });
      return access.kind === "off" ? `none: ${access.reason}` : `${outcomes.size} BMCs answer`;
    },
  };
  return { steps: [hostNetwork, ...switches.steps, bmcs], outcomes: () => switches.report().outcomes };
}
