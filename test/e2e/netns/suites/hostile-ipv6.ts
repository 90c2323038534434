import { describe, expect, it } from "vitest";
import { serverAddress6 } from "../../../../src/fabric/server-address.ts";
import type { Fabric } from "../../../../src/fabric/types.ts";
import type { Address } from "../../../../src/net/address.ts";
import { pollUntil } from "../../../../src/system/poll.ts";
import { patiently } from "../../../patience.ts";
import type { NetnsSite } from "../../netns-site.ts";
import type { AttackServer } from "../hostile-servers.ts";

export interface Ipv6Attacks {
  readonly site: NetnsSite;
  readonly hostile: AttackServer;
  readonly honest: AttackServer;
  /** leaf1's interface of its session with the hostile server. */
  readonly leaf1Port: string;
}

/** Tests of a hostile server's IPv6: routes that it announces, and packets with a spoofed source. */
export function ipv6Tests(attacks: () => Ipv6Attacks, fabric: Fabric): void {
  const { networks6 } = fabric;
  if (networks6 === undefined) {
    throw new Error("this fabric has IPv4 only");
  }
  const loopbacks = Object.fromEntries(fabric.nodes.map(({ name, loopback6 }) => [name, String(loopback6)]));
  const own = ({ plan }: AttackServer) => String(serverAddress6(fabric, plan.rack, plan.position));
  const at = (subnet: string) => String(networks6.prefix).replace("::/48", `:${subnet}`);

  async function announce(server: AttackServer, ...prefixes: readonly string[]): Promise<void> {
    await server.bgp6("neighbor LEAVES activate", ...prefixes.map((prefix) => `network ${prefix}`));
  }

  async function withdraw(server: AttackServer, ...prefixes: readonly string[]): Promise<void> {
    await server.bgp6(...prefixes.map((prefix) => `no network ${prefix}`));
  }

  async function heardByLeaf1(): Promise<string> {
    const command = `show bgp ipv6 unicast neighbors ${attacks().leaf1Port} routes json`;
    const text = await attacks().site.inside("leaf1", "vtysh", "-c", command);
    return Object.keys(JSON.parse(text).routes ?? {})
      .sort()
      .join(" ");
  }

  function untilHeard(...prefixes: readonly string[]): Promise<void> {
    const expected = prefixes.toSorted().join(" ");
    const options = { what: `leaf1 to hear ${expected}`, timeoutMs: patiently(30_000), intervalMs: 200 };
    return pollUntil(options, async () => {
      const seen = await heardByLeaf1();
      return seen === expected ? { done: true, value: undefined } : { done: false, seen };
    });
  }

  /** Sends packets with this source from the hostile server to the honest one. Returns how many arrive. */
  async function delivered(source: string | Address): Promise<number> {
    const { hostile, honest } = attacks();
    await honest.shell(
      `nft 'table ip6 count { chain input { type filter hook input priority 0; ip6 saddr ${source} icmpv6 type echo-request counter; }; }'`,
    );
    try {
      await hostile.shell(`
        ip address add ${source}/128 dev lo nodad || true
        ping -n -q -c 4 -i 0.2 -W 1 -I ${source} ${own(honest)} >/dev/null || true
        [ ${source} = ${own(hostile)} ] || ip address del ${source}/128 dev lo
        # Comes after what was sent before.
        ping -n -q -c 1 -w 10 -I ${own(hostile)} ${own(honest)} >/dev/null`);
      return Number(/packets (\d+)/.exec(await honest.shell("nft list table ip6 count"))?.[1]);
    } finally {
      await honest.shell("nft delete table ip6 count");
    }
  }

  describe("IPv6 of servers", () => {
    it("leads to the whole fabric: two servers reach each other by default routes over both leaves", async () => {
      const { hostile, honest } = attacks();
      for (const server of [hostile, honest]) {
        await server.shell(`ip address add ${own(server)}/128 dev lo nodad`);
        await announce(server, `${own(server)}/128`);
      }
      await untilHeard(`${own(hostile)}/128`);
      await pollUntil(
        { what: "an answer by IPv6", timeoutMs: patiently(30_000), intervalMs: 200 },
        async () => {
          const seen = await hostile.shell(
            `ping -n -c 1 -W 1 -I ${own(hostile)} ${own(honest)} || true; ip -6 route show default`,
          );
          const isDone = seen.includes("1 received") && seen.match(/nexthop via fe80::/g)?.length === 2;
          return isDone ? { done: true, value: undefined } : { done: false, seen };
        },
      );
    });

    it("does not take over a default route, or the fabric's own addresses", async () => {
      const { hostile } = attacks();
      const refused = [
        ...["::/0", "fd00::/8", "2001:db8::/32", String(networks6.prefix), at("0::1/128")],
        ...[`${loopbacks.leaf3}/128`, String(networks6.loopbackPrefix), at("f::77/128"), at("8::/61")],
        ...[at("a1::30/128"), at("a1::/65"), at("11::/64")],
      ];
      await announce(hostile, ...refused, at("121::7/128"));
      await untilHeard(`${own(hostile)}/128`, at("121::7/128"));
      await withdraw(hostile, ...refused, at("121::7/128"));
    });

    it.each([
      ["a switch's loopback", loopbacks.leaf3 ?? ""],
      ["its own leaf's loopback", loopbacks.leaf1 ?? ""],
      ["the host's address", String(fabric.host.uplink6?.address.address)],
      ["an address outside of the fabric", "2001:db8::77"],
      ["an address that nobody announces", at("122::9")],
    ])("is dropped if its source is spoofed: %s", async (_, source) => {
      expect(await delivered(source)).toBe(0);
    });

    it("is delivered from the server's own address", async () => {
      expect(await delivered(own(attacks().hostile))).toBeGreaterThanOrEqual(4);
    });

    it("is dropped if its source is another server's address", async () => {
      const { honest, site } = attacks();
      const theirs = at("121::9");
      // The honest server announces this address but does not have it.
      await announce(honest, `${theirs}/128`);
      await pollUntil(
        { what: "leaf1 to know the way to it", timeoutMs: patiently(30_000), intervalMs: 200 },
        async () => {
          const seen = await site.inside("leaf1", "ip", "-6", "route", "show", theirs);
          return seen.includes(theirs) ? { done: true, value: undefined } : { done: false, seen };
        },
      );
      expect(await delivered(theirs)).toBe(0);
      await withdraw(honest, `${theirs}/128`);
    });
  });
}
