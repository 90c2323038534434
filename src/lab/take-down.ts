import { stopSwitches } from "../backends/down.ts";
import { stopBmcs } from "../bmc/stop.ts";
import type { Config } from "../config/types.ts";
import type { Fabric } from "../fabric/types.ts";
import { summarizeStop } from "../host/format.ts";
import { stopHostNetwork } from "../host/stop.ts";
import type { Host } from "../system/host.ts";
import { leaveReadOnly } from "../system/leave-read-only.ts";
import type { Step } from "../system/steps.ts";

export interface TakeDownRequest {
  readonly config: Config;
  readonly fabric: Fabric;
  /** How long switches may take to shut themselves down before their power is cut. */
  readonly graceMs: number;
  readonly onWarning: (text: string) => void;
}

/** Stop the switches and their BMCs; the host's network stays. */
export function stopSwitchesSteps(
  ownHost: Host,
  { config, fabric, graceMs, onWarning }: TakeDownRequest,
): readonly Step[] {
  const host = leaveReadOnly(ownHost, onWarning);
  return [
    {
      // First, so that no BMC switches a machine on again.
      title: "Stop the switches' BMCs",
      run: async () => {
        await stopBmcs(host, fabric, { runDir: config.RUN_DIR });
        return "done";
      },
    },
    {
      title: "Shut the switches down",
      run: async () => {
        const outcomes = Object.entries(await stopSwitches(host, config.RUN_DIR, { graceMs }));
        const forced = outcomes.filter(([, outcome]) => outcome === "forced").map(([name]) => name);
        const cut =
          forced.length === 0 ? "" : `, ${forced.length} by cutting their power: ${forced.join(", ")}`;
        return outcomes.length === 0 ? "none was running" : `${outcomes.length} are off${cut}`;
      },
    },
  ];
}

/** Remove everything: switches, BMCs, the host's network. */
export function takeDown(host: Host, request: TakeDownRequest): readonly Step[] {
  return [
    ...stopSwitchesSteps(host, request),
    {
      title: "Remove the host network",
      run: async (note) =>
        summarizeStop(
          await stopHostNetwork(host, request.fabric, {
            stateDir: request.config.STATE_DIR,
            runDir: request.config.RUN_DIR,
            onProgress: note,
            onWarning: request.onWarning,
          }),
        ),
    },
  ];
}
