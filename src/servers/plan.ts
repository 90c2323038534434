import { UsageError } from "../errors.ts";
import { linksAt } from "../fabric/positions.ts";
import { freeServerAddresses } from "../fabric/server-address.ts";
import type { Fabric, InterfaceName } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";

/** A server of the benchmark: a namespace in a free rack position, attached to both leaves. */
export interface ServerPlan {
  readonly name: string;
  readonly rack: number;
  readonly position: number;
  /** Announced over both leaves. */
  readonly address: Address;
  readonly asn: number;
  readonly nics: readonly ServerNic[];
}

export interface ServerNic {
  /** Inside: `eth0`. */
  readonly name: InterfaceName;
  readonly mtu: number;
  /** The host's end, a further port of the link's bridge. */
  readonly hostEnd: InterfaceName;
  readonly group: number;
  readonly bridge: InterfaceName;
  /** The leaf at the other end of the link. */
  readonly leaf: string;
  /** The host's end of that port. */
  readonly leafEnd: InterfaceName;
}

/** First AS number of the servers: a private one of 32 bits (RFC 6996), far from where fabrics start counting. */
const FIRST_ASN = 4_294_000_001;

/**
 * Plans two servers, in two racks: traffic between them crosses a leaf, a spine and a leaf.
 * @param isFree reports whether no server is attached to this tap.
 * @throws UsageError if there is no room for them.
 */
export function planServers(
  fabric: Fabric,
  isFree: (tap: InterfaceName) => boolean,
): readonly [ServerPlan, ServerPlan] {
  const addresses = freeAddresses(fabric);
  const places = fabric.racks.flatMap((rack): ServerPlace[] => {
    const position = rack.positions.findLast((candidate) =>
      linksAt(fabric, rack.number, candidate).every(({ tap }) => isFree(tap.name)),
    );
    return position === undefined
      ? []
      : [
          {
            rack: rack.number,
            position,
            nics: linksAt(fabric, rack.number, position).map(({ link, leafEnd }, index) => ({
              name: `eth${index}`,
              mtu: link.bridge.mtu,
              hostEnd: `ikbench${rack.number}-${index + 1}`,
              group: fabric.host.mark.linkGroup,
              bridge: link.bridge.name,
              leaf: leafEnd.end.node,
              leafEnd: leafEnd.name,
            })),
          },
        ];
  });
  const [a, b] = places;
  if (a === undefined || b === undefined) {
    throw new UsageError("the benchmark needs a free position in each of two racks");
  }
  return [
    { ...a, name: "bench1", address: addresses[0], asn: FIRST_ASN },
    { ...b, name: "bench2", address: addresses[1], asn: FIRST_ASN + 1 },
  ];
}

type ServerPlace = Pick<ServerPlan, "rack" | "position" | "nics">;

/** Returns the last two addresses that servers may announce and that the fabric does not use. */
function freeAddresses(fabric: Fabric): readonly [Address, Address] {
  const free = freeServerAddresses(fabric);
  const [one, other] = [free.next().value, free.next().value];
  if (one === undefined || other === undefined) {
    throw new UsageError("the benchmark needs two unused addresses within SERVER_PREFIXES");
  }
  return [one, other];
}
