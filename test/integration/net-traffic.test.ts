import { describe, expect, it } from "vitest";
import { captureState } from "./host-state.ts";
import { ikvswitch, OUTSIDE_ADDRESS, projectPath } from "./namespace.ts";
import { sizeWords } from "./size.ts";
import { useTestSite } from "./test-site.ts";
import { addressSeen, assertTrafficPasses, ping, pluggedPair } from "./traffic.ts";

const test = await useTestSite();

/** Sends broadcasts from 500 addresses, by a packet socket (packet(7)) on the first interface except the loopback. */
const FLOOD = `
  my ($index) = map { /^(\\d+): eth0/ } split /^/, qx(ip -o link show eth0);
  socket(my $socket, 17, 3, 0x0300) or die $!;
  for (1 .. 500) {
    my $frame = pack('H12 H4 N n a46', 'ffffffffffff', '0a00', $_, 0x88b5, '');
    send($socket, $frame, 0, pack('S n i S C C a8', 17, 3, $index, 0, 0, 6, '')) or die $!;
  }`;

describe("traffic", () => {
  it("passes a link unchanged, and leaves the host with the host's address", async () => {
    await ikvswitch(test.host, ["start"]);
    await assertTrafficPasses(test.site);
  });

  it("is not rewritten on a link, even if bridged frames pass the firewall", async () => {
    await ikvswitch(test.host, ["start"]);
    expect(await test.content("/proc/sys/net/bridge/bridge-nf-call-iptables")).toBe("1");
    const [a, b] = await pluggedPair(test.site);
    expect(await addressSeen(b, "10.99.0.1", a, "192.168.110.11")).toBe("192.168.110.11");
  });

  it("passes if the host drops forwarded packets, and the host still drops everything else", async () => {
    await test.host.shell("iptables -P FORWARD DROP; ip6tables -P FORWARD DROP");
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start"]);
    await assertTrafficPasses(test.site);
    await test.site.outside.shell("ip route add 192.168.96.0/19 via 203.0.113.2");
    const uninvited = ["-c", "1", "-W", "1", "192.168.98.1"];
    await test.site.outside.run("ping", uninvited, { exitCodes: [1] });
    // Stop removes a bridge but not foreign ports on it, so these are removed first.
    await test.host.shell("for name in plug1 plug2 plug3; do ip link del $name; done");
    await ikvswitch(test.host, ["stop"]);
    expect(await captureState(test.host)).toEqual(before);
  });

  it("passes if an nft table drops forwarded packets", async () => {
    await test.host.shell(`
      nft add table inet strict
      nft 'add chain inet strict passing { type filter hook forward priority 0 ; policy drop ; }'`);
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start"]);
    await assertTrafficPasses(test.site);
    await test.host.shell("for name in plug1 plug2 plug3; do ip link del $name; done");
    await ikvswitch(test.host, ["stop"]);
    expect(await captureState(test.host)).toEqual(before);
  });

  it("passes between the taps of a link, also if an nft table drops bridged frames", async () => {
    await test.host.shell(`
      nft add table bridge strict
      nft 'add chain bridge strict passing { type filter hook forward priority 0 ; policy drop ; }'`);
    await ikvswitch(test.host, ["start"]);
    const server = await test.site.plugIntoTap("ikvm1-3-1", "192.168.110.11/24");
    const leaf = await test.site.plugIntoTap("ikls1-3", "192.168.110.1/24");
    await ping(server, "192.168.110.1");
    await ping(leaf, "192.168.110.11");
    // The link has the fabric's MTU.
    await Promise.all([server, leaf].map((end) => end.run("ip", ["link", "set", "eth0", "mtu", "9000"])));
    await ping(server, "-M", "do", "-s", "8972", "192.168.110.1");
    // A server that sends from many addresses can't fill the host's memory.
    await server.run("perl", ["-e", FLOOD]);
    const { stdout } = await test.host.run("bridge", ["fdb", "show", "br", "ikeb1-3"]);
    expect(stdout.split("\n").filter((line) => line !== "" && !line.includes("permanent"))).toEqual([]);
  });

  it("passes an nft firewall like firewalld's: it accepts by policy, rejects by its last rule, and filters IPv6 by reverse path", async () => {
    await test.host.shell(`
      nft add table inet strict
      nft 'add chain inet strict early { type filter hook prerouting priority 10 ; }'
      nft add rule inet strict early icmpv6 type '{ nd-router-advert, nd-neighbor-solicit }' accept
      nft add rule inet strict early meta nfproto ipv6 fib saddr . mark . iif oif missing drop
      nft 'add chain inet strict passing { type filter hook forward priority 10 ; }'
      nft add rule inet strict passing ct state established,related accept
      nft add rule inet strict passing reject with icmpx admin-prohibited`);
    await ikvswitch(test.host, ["start"]);
    // The probe of a link never changes its MTU: a bridge takes on the MTU of its smallest port.
    const monitor = test.host.start("ip", ["monitor", "link", "dev", "ikib1"]);
    expect((await ikvswitch(test.host, ["status"])).stdout).toContain("as planned");
    monitor.kill("SIGTERM");
    expect((await monitor.output).stdout).not.toContain("mtu 1500");
    await assertTrafficPasses(test.site);
  });

  it("does not pass if another rule drops it; start, status and doctor name the rule, and start the fix", async () => {
    // The chain does not end with a drop, so ikvswitch inserts no exception into it.
    await test.host.shell(`
      nft add table inet strict
      nft 'add chain inet strict passing { type filter hook forward priority 10 ; }'
      nft add rule inet strict passing meta l4proto udp drop
      nft add rule inet strict passing counter`);
    const before = await captureState(test.host);
    const rule = 'by the rule "meta l4proto udp drop" in chain inet strict passing';
    const { stderr } = await ikvswitch(test.host, ["start"], { exitCodes: [3] });
    expect(stderr).toContain(rule);
    // Everything that was created before the probe is removed again.
    expect(await captureState(test.host)).toEqual(before);
    const fix = /nft (insert rule inet strict passing .* accept)/.exec(stderr)?.[1] ?? "";
    await test.host.run("nft", [fix]);
    await ikvswitch(test.host, ["start"]);
    expect((await ikvswitch(test.host, ["status"])).stdout).toContain("as planned");
    await test.host.shell(
      "nft flush chain inet strict passing; nft add rule inet strict passing meta l4proto udp drop",
    );
    expect((await ikvswitch(test.host, ["status"], { exitCodes: [4] })).stdout).toContain(rule);
    const doctor = [
      projectPath("bin/ikvswitch"),
      "doctor",
      "--config",
      projectPath("etc/ikvswitch.conf"),
      ...sizeWords,
    ];
    expect((await test.host.run(process.execPath, doctor, { exitCodes: [3] })).stdout).toContain(rule);
    expect((await test.devices()).filter(({ ifname }) => ifname.startsWith("ikprobe"))).toEqual([]);
  });

  it("is reported as dropped if only the owner may change the dropping table, as with firewalld since 2.3", async () => {
    // The table's owner is a running program.
    const owner = test.host.start("sh", ["-c", "mkfifo /run/words; exec nft -i <>/run/words"]);
    const chain = "chain passing { type filter hook forward priority 10; policy drop; }";
    await test.host.shell(`
      until test -p /run/words; do :; done
      echo 'table inet own { flags owner; ${chain}; }' >/run/words
      until nft list tables | grep own; do :; done
      echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
      echo 0 >/proc/sys/net/bridge/bridge-nf-call-ip6tables`);
    const { stderr } = await ikvswitch(test.host, ["start"]);
    expect(stderr).toContain("Warning: nft table inet own drops packets from ikhb");
    owner.kill("SIGKILL");
    await owner.output;
  });

  it("of foreign devices with names like ikvswitch's is not accepted by ikvswitch's rules", async () => {
    const named = ["LEAF_TO_SERVER_BRIDGE_PREFIX=br-", "INTERNET_TO_SPINE_BRIDGE_PREFIX=up", "NUM_SPINES=2"];
    await test.host.shell(`
      iptables -P FORWARD DROP
      ip link add br-a type bridge; ip address add 10.1.0.254/24 dev br-a; ip link set br-a up
      ip link add br-b type bridge; ip address add 10.2.0.254/24 dev br-b; ip link set br-b up`);
    const machine = await test.site.plug("br-a", "10.1.0.1/24");
    const neighbor = await test.site.plug("br-b", "10.2.0.1/24");
    await machine.shell("ip route add default via 10.1.0.254");
    await neighbor.shell("ip route add default via 10.2.0.254");
    await ikvswitch(test.host, ["start", ...named.flatMap((setting) => ["--set", setting])]);
    await ping(machine, "10.1.0.254");
    await machine.run("ping", ["-c", "2", "-i", "0.2", "-W", "1", "10.2.0.1"], { exitCodes: [1] });
    // The uplink is up0. The fabric's packets over it get answers only if connections are tracked there.
    const router = await test.site.plug("ikhb", "192.168.96.2/24");
    await router.shell("ip route add default via 192.168.96.1");
    await ping(router, OUTSIDE_ADDRESS);
    const a = await test.site.plug("br-1-3", "192.168.110.11/24");
    await test.site.plug("br-1-3", "192.168.110.12/24");
    await ping(a, "192.168.110.12");
  });

  it("passes after another start if bridged frames began to pass the firewall while the network was up", async () => {
    const files =
      "/proc/sys/net/bridge/bridge-nf-call-iptables /proc/sys/net/bridge/bridge-nf-call-ip6tables";
    await test.host.shell(`for file in ${files}; do echo 0 > $file; done`);
    const { stdout } = await ikvswitch(test.host, ["start"]);
    expect(stdout).toContain("8 firewall rules added");
    await test.host.shell(`for file in ${files}; do echo 1 > $file; done; iptables -P FORWARD DROP`);
    const status = await ikvswitch(test.host, ["status"], { exitCodes: [4] });
    expect(status.stdout).toContain(
      "ip raw PREROUTING: -m devgroup --src-group 0x696b -j CT --notrack: expected present, observed missing",
    );
    await ikvswitch(test.host, ["start"]);
    await assertTrafficPasses(test.site);
  });
});
