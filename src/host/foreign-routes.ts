import type { Fabric } from "../fabric/types.ts";
import type { Prefix } from "../net/prefix.ts";
import type { ObservedNetwork, ObservedRoute } from "./model/observed.ts";
import { deviceOwnership } from "./model/ownership.ts";

export interface ForeignRoute {
  readonly route: ObservedRoute;
  readonly network: Prefix;
}

const LOCAL_TABLE = 255;

/** Returns the routes of others, except default routes and those to the host itself. */
export function foreignRoutes(fabric: Fabric, observed: ObservedNetwork): readonly ForeignRoute[] {
  const isOurs = deviceOwnership(fabric, observed.devices);
  const ours = new Set(observed.devices.filter(isOurs).map(({ name }) => name));
  return [...observed.routes, ...(fabric.networks6 === undefined ? [] : observed.v6.routes)]
    .filter(
      ({ table, devices }) =>
        table !== LOCAL_TABLE && !(devices.length > 0 && devices.every((device) => ours.has(device))),
    )
    .flatMap((route) => (route.destination === "default" ? [] : [{ route, network: route.destination }]));
}

/** `route 192.168.122.0/24 dev virbr0` */
export function formatRoute({ destination, gateway, devices, table }: ObservedRoute): string {
  const via = gateway === null ? "" : ` via ${gateway}`;
  const device = devices.length === 0 ? "" : ` dev ${devices.join(", ")}`;
  return `route ${destination}${via}${device}${table === 254 ? "" : ` table ${table}`}`;
}
