import type { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";
import { ADDRESS_BEYOND_THE_HOST } from "./observe.ts";
import { parseRouteGateway } from "./parse-routes.ts";

/** Returns the router through which this host reaches the outside; null if it has no route, or one without a router. */
export async function uplinkGateway(host: Host): Promise<Address | null> {
  const { exitCode, stdout } = await host.run(
    { file: "ip", args: ["-N", "-j", "-d", "route", "get", ADDRESS_BEYOND_THE_HOST] },
    { okExitCodes: [1, 2] },
  );
  return exitCode === 0 ? parseRouteGateway(stdout) : null;
}
