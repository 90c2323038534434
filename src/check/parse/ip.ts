import type { InterfaceName } from "../../fabric/types.ts";
import { fieldsOf, type JsonObject, numberOf, objectsIn, textOf } from "../../untrusted-json.ts";
import type { InterfaceState, RouteHop } from "../model/observation.ts";

/**
 * Parses the output of `ip -j addr show`: `[{"ifname": …, "flags": […], "mtu": …, "master": …, "addr_info": [{"local":
 * …, "prefixlen": …}]}]`. A device that vanishes while ip prints the list leaves an empty object, which is skipped.
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
  // A device that is down has no carrier, whatever its flags are.
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
 * Parses the output of `ip -j route show`: `[{"dst": …, "type": …, "nexthops": [{"dev": …, "gateway": …}]}]`. A single
 * next hop is part of the route object itself. Next hops whose port is dead or without carrier are skipped: no packet
 * takes them.
 */
export function parseRoutes(
  document: unknown,
  defaultPrefix = "0.0.0.0/0",
): ReadonlyMap<string, readonly RouteHop[]> {
  const found = new Map<string, readonly RouteHop[]>();
  for (const route of objectsIn(document)) {
    const destination = textOf(route.dst, "");
    const prefix = destination === "default" ? defaultPrefix : withLength(destination);
    // Of several routes the kernel uses the first, which has the lowest metric.
    if (!found.has(prefix)) {
      const hops = Array.isArray(route.nexthops) ? objectsIn(route.nexthops) : [route];
      found.set(prefix, leadsSomewhere(route) ? hops.flatMap(usableHop) : []);
    }
  }
  return found;
}

/** Returns false for routes that discard packets. ip omits the type of a unicast route. */
function leadsSomewhere({ type = "unicast" }: JsonObject): boolean {
  return type === "unicast";
}

/** ip omits the length of a single address. */
function withLength(destination: string): string {
  return destination.includes("/") ? destination : `${destination}/${destination.includes(":") ? 128 : 32}`;
}

/** ip prints the IPv6 next hop of an IPv4 route as `via` (RFC 8950). */
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
