import type { InterfaceName, Prefix } from "../../fabric/types.ts";
import type { LinkState, RouteHop } from "../observation.ts";

/** What `ip -j addr show` prints of one device, as far as it concerns us. */
interface AddrJson {
  readonly ifname?: string;
  readonly flags?: readonly string[];
  readonly mtu?: number;
  readonly master?: string;
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

/** A device that vanishes while ip prints the list leaves an empty object in it, which is left out. */
export function parseLinkStates(document: unknown): ReadonlyMap<InterfaceName, LinkState> {
  return new Map(
    (document as readonly AddrJson[]).flatMap(({ ifname, flags = [], mtu = 0, master, addr_info = [] }) => {
      const addresses = addr_info.flatMap(({ local, prefixlen }) =>
        local === undefined ? [] : [`${local}/${prefixlen}`],
      );
      const up = flags.includes("UP");
      // A device that is down has none, whatever its flags say.
      const carrier = up && flags.includes("LOWER_UP") && !flags.includes("NO-CARRIER");
      return ifname === undefined ? [] : [[ifname, { up, carrier, mtu, master: master ?? null, addresses }]];
    }),
  );
}

/** What `ip -j route show` prints of one route. A single next hop stands in the route itself. */
interface RouteJson extends HopJson {
  readonly type?: string;
  readonly dst: string;
  readonly nexthops?: readonly HopJson[];
}

interface HopJson {
  readonly dev?: string;
  readonly gateway?: string;
  readonly via?: { readonly host: string };
  readonly flags?: readonly string[];
}

/** Next hops whose port is dead or without carrier are left out: no packet takes them. */
export function parseRoutes(
  document: unknown,
  defaultPrefix: Prefix = "0.0.0.0/0",
): ReadonlyMap<Prefix, readonly RouteHop[]> {
  const found = new Map<Prefix, readonly RouteHop[]>();
  for (const route of document as readonly RouteJson[]) {
    const prefix = route.dst === "default" ? defaultPrefix : withLength(route.dst);
    // The kernel uses the first of several, which is the one with the lowest metric.
    if (!found.has(prefix)) {
      found.set(prefix, leadsSomewhere(route) ? (route.nexthops ?? [route]).flatMap(usableHop) : []);
    }
  }
  return found;
}

/** Unlike one that discards; ip leaves out the type of an ordinary route. */
function leadsSomewhere({ type = "unicast" }: RouteJson): boolean {
  return type === "unicast";
}

/** ip leaves out the length of a single address. */
function withLength(destination: string): Prefix {
  return destination.includes("/") ? destination : `${destination}/${destination.includes(":") ? 128 : 32}`;
}

function usableHop({ dev, gateway, via, flags = [] }: HopJson): readonly RouteHop[] {
  const isUsable = dev !== undefined && !flags.includes("dead") && !flags.includes("linkdown");
  return isUsable ? [{ device: dev, via: gateway ?? via?.host ?? null }] : [];
}
