import { describe, expect, it } from "vitest";
import { serverAddress6 } from "../../../../src/fabric/server-address.ts";
import type { Fabric } from "../../../../src/fabric/types.ts";
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

  /** Sends packets with each of these sources from the hostile server to the honest one. Returns how many arrive. */
  async function delivered(...sources: readonly string[]): Promise<number> {
    const { hostile, honest } = attacks();
    const list = sources.join(", ");
    await honest.shell(
      `nft 'table ip6 count { chain input { type filter hook input priority 0; ip6 saddr { ${list} } icmpv6 type echo-request counter; }; }'`,
    );
    try {
      await hostile.shell(`
        for source in ${sources.join(" ")}; do
          ip address replace $source/128 dev lo nodad
          ping -n -q -c 4 -i 0.2 -W 1 -I $source ${own(honest)} >/dev/null &
        done
        wait
        for source in ${sources.filter((source) => source !== own(hostile)).join(" ")}; do
          ip address del $source/128 dev lo
        done
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

    it("is dropped if its source is the switches' or the host's, or an address that nobody announced", async () => {
      const sources = [
        ...[loopbacks.leaf3 ?? "", loopbacks.leaf1 ?? "", String(fabric.host.uplink6?.address.address)],
        ...["2001:db8::77", at("122::9")],
      ];
      expect(await delivered(...sources)).toBe(0);
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
