import { findEmulatorUser } from "../backends/qemu/user.ts";
import { bmcAccess } from "../bmc/access.ts";
import type { BmcPrograms } from "../bmc/plan.ts";
import { startBmcs } from "../bmc/start.ts";
import type { Config } from "../config/types.ts";
import type { Fabric } from "../fabric/types.ts";
import { ensureConsolePasswords } from "../nodes/console-passwords.ts";
import type { Host } from "../system/host.ts";
import type { Step } from "../system/steps.ts";

/** The last step of all that bring machines up. */
export function startBmcsStep(
  host: Host,
  request: {
    readonly config: Config;
    readonly fabric: Fabric;
    readonly bmcPrograms: BmcPrograms;
    readonly kvm: () => boolean;
  },
): Step {
  const { config, fabric } = request;
  return {
    title: "Start the switches' BMCs",
    run: async () => {
      const access = bmcAccess(config, (await ensureConsolePasswords(host, config)).bmc);
      const outcomes = await startBmcs(host, fabric, {
        runDir: config.RUN_DIR,
        access,
        user: await findEmulatorUser(host, config.EMULATOR_USER),
        kvm: request.kvm(),
        programs: request.bmcPrograms,
      });
      return access.kind === "off" ? `none: ${access.reason}` : `${outcomes.size} BMCs answer`;
    },
  };
}
