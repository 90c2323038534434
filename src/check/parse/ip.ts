import type { InterfaceName } from "../../fabric/types.ts";
import { fieldsOf, type JsonObject, numberOf, objectsIn, textOf } from "../../untrusted-json.ts";
import type { InterfaceState, RouteHop } from "../model/observation.ts";

/**
 * What `ip -j addr show` prints: `[{"ifname": …, "flags": […], "mtu": …, "master": …, "addr_info": [{"local": …, "prefixlen":
 * …}]}]`. A device that vanishes while ip prints the list leaves an empty object in it, which is left out.
 */
export function parseInterfaces(document: unknown): ReadonlyMap<InterfaceName, InterfaceState> {
  return new Map(
    objectsIn(document).flatMap((device) => {
      const name = textOf(device.ifname, "");
      return name === "" ? [] : [[name, interfaceState(device)] as const];
    }),
  );
}

function interfaceState({ flags, mtu, master, addr_info }: JsonObject): InterfaceState {
  const addresses = objectsIn(addr_info).flatMap(({ local, prefixlen }) =>
    typeof local === "string" ? [`${local}/${numberOf(prefixlen, 0)}`] : [],
  );
  const up = has(flags, "UP");
  // A device that is down has none, whatever its flags say.
  const carrier = up && has(flags, "LOWER_UP") && !has(flags, "NO-CARRIER");
  return {
    up,
    carrier,
    mtu: numberOf(mtu, 0),
    master: typeof master === "string" ? master : null,
    addresses,
  };
}

/**
 * What `ip -j route show` prints: `[{"dst": …, "type": …, "nexthops": [{"dev": …, "gateway": …}]}]`. A single next hop stands
 * in the route itself. Next hops whose port is dead or without carrier are left out: no packet takes them.
 */
export function parseRoutes(
  document: unknown,
  defaultPrefix = "0.0.0.0/0",
): ReadonlyMap<string, readonly RouteHop[]> {
  const found = new Map<string, readonly RouteHop[]>();
  for (const route of objectsIn(document)) {
    const destination = textOf(route.dst, "");
    const prefix = destination === "default" ? defaultPrefix : withLength(destination);
    // The kernel uses the first of several, which is the one with the lowest metric.
    if (!found.has(prefix)) {
      const hops = Array.isArray(route.nexthops) ? objectsIn(route.nexthops) : [route];
      found.set(prefix, leadsSomewhere(route) ? hops.flatMap(usableHop) : []);
    }
  }
  return found;
}

/** Unlike one that discards; ip leaves out the type of an ordinary route. */
function leadsSomewhere({ type = "unicast" }: JsonObject): boolean {
  return type === "unicast";
}

/** ip leaves out the length of a single address. */
function withLength(destination: string): string {
  return destination.includes("/") ? destination : `${destination}/${destination.includes(":") ? 128 : 32}`;
}

/** IPv6 next hops of IPv4 routes are told as `via` (RFC 8950). */
function usableHop({ dev, gateway, via, flags }: JsonObject): readonly RouteHop[] {
  if (typeof dev !== "string" || has(flags, "dead") || has(flags, "linkdown")) {
    return [];
  }
  const address = gateway ?? fieldsOf(via).host;
  return [{ device: dev, via: typeof address === "string" ? address : null }];
}

function has(flags: unknown, flag: string): boolean {
  return Array.isArray(flags) && flags.includes(flag);
}
