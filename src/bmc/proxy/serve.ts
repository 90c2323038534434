import type { Host } from "../../system/host.ts";
import type { Chassis } from "../chassis-control.ts";
import type { ProxyConfig } from "../proxy-config.ts";
import { serveChassis } from "./chassis.ts";
import { serveConsole } from "./console.ts";
import { serveFront } from "./front.ts";

/**
 * Serve all simulators until the process ends: forward datagrams between clients and simulators, join consoles, and
 * carry out chassis commands. One process serves all, so that a power command does not have to start one.
 * @throws if a socket or FIFO cannot be opened.
 */
export async function serveProxy(
  host: Host,
  machines: Chassis,
  { bmcs }: Pick<ProxyConfig, "bmcs">,
): Promise<void> {
  // The directory we were started in may be inaccessible to the emulator's user.
  process.chdir("/");
  for (const bmc of bmcs) {
    serveChassis(machines, bmc);
  }
  await Promise.all(bmcs.map((bmc) => serveConsole(host, bmc)));
  // Last, because our starter takes the open UDP ports as the sign that everything is ready.
  await Promise.all(bmcs.map((bmc) => serveFront(bmc)));
}
