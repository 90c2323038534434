import type { Address } from "../fabric/types.ts";
import type { ObservedRoute } from "./observed.ts";

/** What `ip -N -j -d route show table all` prints of one route. With -N, what has a name stands as its number. */
interface RouteJson {
  readonly type: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly nexthops?: readonly { readonly dev?: string }[];
  readonly table?: string;
  readonly protocol?: string;
  readonly prefsrc?: string;
  readonly metric?: number;
  /** Router preference: IPv6 only. */
  readonly pref?: string;
}

const MAIN_TABLE = 254;
const UNICAST = 1;

/** The IPv4 routes. */
export function parseRoutes(json: string): readonly ObservedRoute[] {
  const routes: readonly RouteJson[] = JSON.parse(json);
  return routes
    .filter(({ pref }) => pref === undefined)
    .map((route) => ({
      destination: route.dst === "default" || route.dst.includes("/") ? route.dst : `${route.dst}/32`,
      type: Number(route.type ?? UNICAST),
      table: Number(route.table ?? MAIN_TABLE),
      gateway: route.gateway ?? null,
      devices: [route, ...(route.nexthops ?? [])].flatMap(({ dev }) => (dev === undefined ? [] : [dev])),
      source: route.prefsrc ?? null,
      protocol: Number(route.protocol ?? 0),
      metric: route.metric ?? 0,
    }));
}

/** The source address in the answer of `ip -N -j -d route get …`. */
export function parseRouteSource(json: string): Address | null {
  const [route]: readonly RouteJson[] = JSON.parse(json);
  return route?.prefsrc ?? null;
}
