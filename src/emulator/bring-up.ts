import { bmcAccess } from "../bmc/access.ts";
import type { BmcPrograms } from "../bmc/plan.ts";
import { startBmcs } from "../bmc/start.ts";
import { summarizeStart } from "../host/format.ts";
import { startHostNetwork } from "../host/start.ts";
import { findEmulatorUser } from "../switches/qemu/user.ts";
import { type UpReport, type UpRequest, upSwitches } from "../switches/up.ts";
import type { Host } from "../system/host.ts";
import type { Step } from "../system/steps.ts";

export interface BringUpRequest extends UpRequest {
  readonly bmcPrograms: BmcPrograms;
  readonly onWarning: (text: string) => void;
}

/** Everything that `up` does: the host's network, the switches, and their BMCs. */
export function bringUp(
  host: Host,
  request: BringUpRequest,
): { readonly steps: readonly Step[]; readonly report: () => UpReport } {
  const { config, fabric, interrupted, onWarning } = request;
  const switches = upSwitches(host, request);
  const hostNetwork: Step = {
    title: "Build the host network",
    run: async (note) =>
      summarizeStart(
        await startHostNetwork(host, fabric, {
          stateDir: config.STATE_DIR,
          onProgress: note,
          onWarning,
          interrupted,
        }),
      ),
  };
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
  return { steps: [hostNetwork, ...switches.steps, bmcs], report: switches.report };
}
