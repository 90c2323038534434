import { Address } from "../net/address.ts";
import { Prefix } from "../net/prefix.ts";
import type { ObservedRoute } from "./model/observed.ts";

/** One route in the output of `ip -N -j -d route show table all`. With -N, names are printed as their numbers. */
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

/** Values of linux/rtnetlink.h. Some versions of iproute2 print names for them, even with -N. */
const TYPES: Readonly<Record<string, number>> = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
};
const TABLES: Readonly<Record<string, number>> = { default: 253, main: 254, local: 255 };

/** Returns the routes of each family. */
export function parseRoutes(json: string): Readonly<Record<"routes" | "routes6", readonly ObservedRoute[]>> {
  const all: readonly RouteJson[] = JSON.parse(json);
  const parse = (routes: readonly RouteJson[]) =>
    routes.flatMap((route) => {
      const destination = parseDestination(route.dst);
      return destination === null ? [] : [observedRoute(route, destination)];
    });
  return {
    routes: parse(all.filter(({ pref }) => pref === undefined)),
    routes6: parse(all.filter(({ pref }) => pref !== undefined)),
  };
}

function observedRoute(route: RouteJson, destination: ObservedRoute["destination"]): ObservedRoute {
  return {
    destination,
    type: toNumber(route.type ?? "unicast", TYPES),
    table: toNumber(route.table ?? "main", TABLES),
    gateway: Address.parse(route.gateway ?? ""),
    devices: [route, ...(route.nexthops ?? [])].flatMap(({ dev }) => (dev === undefined ? [] : [dev])),
    source: Address.parse(route.prefsrc ?? ""),
    protocol: toNumber(route.protocol ?? "", {}),
    metric: route.metric ?? 0,
  };
}

/** Returns the source address in the output of `ip -N -j -d route get …`. */
export function parseRouteSource(json: string): Address | null {
  const [route]: readonly RouteJson[] = JSON.parse(json);
  return Address.parse(route?.prefsrc ?? "");
}

/** Returns the router in the same output; null if the route has none. */
export function parseRouteGateway(json: string): Address | null {
  const [route]: readonly RouteJson[] = JSON.parse(json);
  return Address.parse(route?.gateway ?? "");
}

/** Parses a destination. `ip` omits the length of a single address. */
function parseDestination(text: string): ObservedRoute["destination"] | null {
  if (text === "default" || text.includes("/")) {
    return text === "default" ? text : Prefix.parse(text);
  }
  const address = Address.parse(text);
  return address === null ? null : Prefix.single(address);
}

/** Returns the number of a name; 0, which always means "unspecified", for names that do not matter to us. */
function toNumber(text: string, names: Readonly<Record<string, number>>): number {
  return names[text] ?? (Number(text) || 0);
}
