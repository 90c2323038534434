import { describe, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { captureState } from "./host-state.ts";
import { ikvswitch } from "./namespace.ts";
import { useTestSite } from "./test-site.ts";

const test = await useTestSite();

/** Sends a router advertisement with a lifetime of 1800 s, and a prefix for addresses. */
const ADVERTISE = `python3 -c '
import socket, struct
link = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("down0"))
prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 3600, 3600, 0) + socket.inet_pton(socket.AF_INET6, "2001:db8:5::")
link.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix, ("ff02::1", 0))
'`;

const defaultRoute = async () =>
  (await test.host.run("ip", ["-6", "route", "show", "default"])).stdout.replace(/expires \S+ /, "");

/** The host's router advertises itself, and the host learns its default route and an address from that. */
async function learnDefaultRoute(): Promise<void> {
  await test.host.shell("echo 0 > /proc/sys/net/ipv6/conf/up0/disable_ipv6");
  await test.site.outside.shell("echo 0 > /proc/sys/net/ipv6/conf/down0/disable_ipv6");
  await untilRoute(/via fe80::.* dev up0 proto ra/);
}

async function untilRoute(expected: RegExp): Promise<void> {
  await pollUntil({ what: "a default route", timeoutMs: 20_000, intervalMs: 200 }, async () => {
    await test.site.outside.shell(ADVERTISE, { exitCodes: [0, 1] });
    const seen = await defaultRoute();
    return expected.test(seen) ? { done: true, value: undefined } : { done: false, seen };
  });
}

describe("the host's IPv6", () => {
  it("keeps a default route learnt by router advertisements, and is as before after stop", async () => {
    await learnDefaultRoute();
    const before = (await captureState(test.host)).sysctls;
    const route = await defaultRoute();
    await ikvswitch(test.host, ["start"]);
    expect(await defaultRoute()).toBe(route);
    expect(await test.content("/proc/sys/net/ipv6/conf/all/forwarding")).toBe("1");
    // It also learns later ones.
    await test.host.run("ip", ["-6", "route", "flush", "default"]);
    await untilRoute(/dev up0 proto ra/);
    await ikvswitch(test.host, ["stop"]);
    expect(await defaultRoute()).toBe(route);
    expect((await captureState(test.host)).sysctls).toBe(before);
  });

  it("has an address and a route on the link to the fabric, and no other device of it has IPv6", async () => {
    await ikvswitch(test.host, ["start"]);
    const { stdout } = await test.host.shell(
      "ip -6 -br address show scope global; ip -6 route show proto 107",
    );
    expect(stdout).toMatch(/^ikhb +\S+ +fd69:6b76:7377::1\/64/);
    expect(stdout).toContain("fd69:6b76:7377::/48 via fd69:6b76:7377::2 dev ikhb src fd69:6b76:7377::1");
    const on = await test.host.shell("grep -lx 0 /proc/sys/net/ipv6/conf/ik*/disable_ipv6");
    expect(on.stdout).toBe("/proc/sys/net/ipv6/conf/ikhb/disable_ipv6\n");
    expect(await test.content("/proc/sys/net/ipv6/conf/ikhb/accept_ra")).toBe("0");
    expect((await ikvswitch(test.host, ["start"])).stdout).toContain("already as planned");
  });

  it("is off again when the configuration has no IPv6", async () => {
    await ikvswitch(test.host, ["start"]);
    await ikvswitch(test.host, ["start", "--set", "HOST_VIRTUAL_SUBNET6="]);
    const { stdout } = await test.host.shell(
      "ip -6 address show dev ikhb; ip -6 route show proto 107; ip6tables-save",
    );
    expect(stdout).not.toMatch(/inet6|fd69|ikvswitch.*DROP/);
    // The configuration of the last start is that of the running network.
    await test.status(0);
  });

  it("translates the source of traffic that leaves the fabric with NAT66=yes, and of no other", async () => {
    await ikvswitch(test.host, ["start", "--set", "NAT66=yes"]);
    const { stdout } = await test.host.run("ip6tables-save", ["-t", "nat"]);
    expect(stdout).toContain(
      "-A POSTROUTING -s fd69:6b76:7377::/48 ! -d fd69:6b76:7377::/48 -m comment --comment ikvswitch -j MASQUERADE",
    );
    expect((await ikvswitch(test.host, ["start", "--set", "NAT66=yes"])).stdout).toContain(
      "already as planned",
    );
    await ikvswitch(test.host, ["start"]);
    expect((await test.host.run("ip6tables-save", ["-t", "nat"])).stdout).not.toContain("MASQUERADE");
  });
});
