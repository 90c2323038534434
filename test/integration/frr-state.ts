import { pollUntil } from "../../src/system/poll.ts";
import { patiently } from "../patience.ts";
import type { FrrLab } from "./frr-lab.ts";

/** Drops all frames that arrive at a port, which keeps carrier. */
export async function silence(lab: FrrLab, node: string, port: string): Promise<void> {
  await lab.run(node, "nft", "add table netdev silent");
  await lab.run(
    node,
    "nft",
    `add chain netdev silent in { type filter hook ingress device ${port} priority 0; policy drop; }`,
  );
}

/** Returns the destinations of BGP's routes in the kernel's table. */
export async function bgpRoutes(lab: FrrLab, node: string): Promise<string[]> {
  const routes: { dst: string }[] = JSON.parse(
    await lab.run(node, "ip", "-json", "-4", "route", "show", "proto", "bgp"),
  );
  return routes.map((route) => route.dst);
}

export async function heardFrom(lab: FrrLab, leaf: string, family: "ipv4" | "ipv6"): Promise<string[]> {
  return prefixesOf(await lab.vtysh(leaf, `show bgp ${family} unicast neighbors ens6.10 routes json`)).sort();
}

export function prefixesOf(routesJson: string): string[] {
  return Object.keys(JSON.parse(routesJson).routes ?? {});
}

export async function sessionState(lab: FrrLab, node: string, port: string): Promise<string> {
  const peers = JSON.parse(await lab.vtysh(node, "show bgp ipv4 unicast summary json")).peers;
  return String(peers[port]?.state).replace(/ \(.*/, "");
}

export async function bfdSessions(lab: FrrLab, node: string): Promise<string[]> {
  const peers: { interface: string; status: string }[] = JSON.parse(
    await lab.vtysh(node, "show bfd peers json"),
  );
  return peers.map((peer) => `${peer.interface} ${peer.status}`);
}

export async function connectionsDropped(lab: FrrLab, node: string, port: string): Promise<number> {
  const peers = JSON.parse(await lab.vtysh(node, "show bgp ipv4 unicast summary json")).peers;
  return Number(peers[port]?.connectionsDropped);
}

/** Waits until this is observed; lists are compared without their order. */
export async function untilEqual<T>(what: string, expected: T, look: () => Promise<T>): Promise<void> {
  const wanted = JSON.stringify(sorted(expected));
  await pollUntil({ what, timeoutMs: patiently(60_000), intervalMs: 200 }, async () => {
    const seen = JSON.stringify(sorted(await look()));
    return seen === wanted
      ? { done: true, value: undefined }
      : { done: false, seen: `${seen}, expected ${wanted}` };
  });
}

function sorted<T>(value: T): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}
