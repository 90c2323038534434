import type { Host } from "../system/host.ts";
import type { ObservedDevice } from "./model/observed.ts";
import { parseDevices } from "./parse-devices.ts";

/** Returns all network devices of the host with their IPv4 addresses. */
export async function observeDevices(host: Host): Promise<readonly ObservedDevice[]> {
  const { stdout } = await host.run({ file: "ip", args: ["-N", "-j", "-d", "address", "show"] });
  return parseDevices(stdout);
}
