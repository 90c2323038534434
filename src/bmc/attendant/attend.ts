import type { Host } from "../../system/host.ts";
import type { AttendantConfig } from "../attendant-config.ts";
import type { Chassis } from "../chassis-control.ts";
import { serveChassis } from "./chassis.ts";
import { serveConsole } from "./console.ts";
import { serveFront } from "./front.ts";

/**
 * Attend to the simulators for as long as we live: pass their clients' datagrams to them, and do to the machines
 * what they ask for. One process serves all, so that each power command does not cost the start of one.
 * @throws where a socket or FIFO can't be had.
 */
export async function attend(
  host: Host,
  machines: Chassis,
  { bmcs }: Pick<AttendantConfig, "bmcs">,
): Promise<void> {
  // Wherever we were started is nobody's business, and may be no place for the emulator's user.
  process.chdir("/");
  for (const bmc of bmcs) {
    serveChassis(machines, bmc);
  }
  await Promise.all(bmcs.map((bmc) => serveConsole(host, bmc)));
  // Last: who starts us takes it for a sign that all is there.
  await Promise.all(bmcs.map((bmc) => serveFront(bmc)));
}
