import { numberOf, objectsIn, textOf } from "../../untrusted-json.ts";
import type { SeenMac } from "../model/observation.ts";

/**
 * The senders that bridges and the kernel's neighbor tables know: `bridge -j fdb show`, `[{"mac": …, "ifname": "ens6",
 * "vlan": 11, "state": "permanent"}]`, and `ip -j neigh show`, `[{"dev": "ens6.10", "lladdr": …, "state": ["STALE"]}]`. What a
 * bridge did not learn is permanent: its own addresses, and multicast groups.
 */
export function parseMacs(forwarding: unknown, neighbors: unknown): readonly SeenMac[] {
  const learned = objectsIn(forwarding)
    .filter(({ state }) => state !== "permanent")
    .map(({ mac, ifname, vlan }) => seenMac(ifname, mac, typeof vlan === "number" ? vlan : null));
  const resolved = objectsIn(neighbors).map(({ dev, lladdr }) => {
    // `ens6.10` is VLAN 10 of ens6.
    const [, port, vlan] = /^(.+)\.(\d+)$/.exec(textOf(dev, "")) ?? [];
    return seenMac(port ?? dev, lladdr, vlan === undefined ? null : numberOf(Number(vlan), 0));
  });
  return [...learned, ...resolved].filter(({ device, mac }) => device !== "" && mac !== "");
}

function seenMac(device: unknown, mac: unknown, vlan: number | null): SeenMac {
  return { device: textOf(device, ""), mac: textOf(mac, ""), vlan };
}
