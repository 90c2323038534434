import { describe, expect, it } from "vitest";
import { captureState, foreignDevices, type HostState } from "./host-state.ts";
import { ikvswitch, projectPath } from "./namespace.ts";
import { useTestSite } from "./test-site.ts";

const test = await useTestSite();

describe("foreign state on the host", () => {
  const others = `
    iptables -P FORWARD DROP
    iptables -A FORWARD -i eth7 -m comment --comment "not ours" -j ACCEPT
    iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE
    iptables -t nat -N CUSTOM
    ip6tables -A INPUT -p tcp --dport 22 -j ACCEPT
    nft add table inet other
    nft 'add chain inet other passing { type filter hook forward priority 5 ; policy drop ; }'
    nft add rule inet other passing iifname "br0" accept
    ip link add br0 type bridge
    echo 1 > /proc/sys/net/ipv6/conf/br0/disable_ipv6
    ip link set br0 up
    ip address add 10.1.0.1/16 dev br0
    ip tuntap add vnet0 mode tap user nobody
    echo 1 > /proc/sys/net/ipv6/conf/vnet0/disable_ipv6
    ip link set vnet0 master br0 up
    until grep -qx down /sys/class/net/br0/operstate; do :; done
    ip link add iklookalike type bridge
    ip route add 10.9.0.0/16 via 10.1.0.9
    ip route add blackhole 192.168.0.0/16
    sysctl -qw net.ipv4.conf.br0.forwarding=1
    sysctl -qw net.ipv4.conf.all.accept_redirects=0`;

  it("is not changed by start, repair and stop", async () => {
    await test.host.shell(others);
    const before = await captureState(test.host);
    const withoutOurs = (state: HostState, topic: string) =>
      (state[topic] ?? "").split("\n").filter((line) => !/ikvswitch|\bikhb\b|\bbripmi\b/.test(line));

    await ikvswitch(test.host, ["start"]);
    const during = await captureState(test.host);
    expect(foreignDevices(during)).toEqual(foreignDevices(before));
    for (const topic of ["iptables-save", "ip6tables-save", "routes"]) {
      expect(withoutOurs(during, topic), topic).toEqual(expect.arrayContaining(withoutOurs(before, topic)));
    }
    expect(withoutOurs(during, "nft ruleset").join("\n")).toContain('iifname "br0" accept');

    await test.host.run("ip", ["link", "del", "ikeb1-3"]);
    await ikvswitch(test.host, ["start"]);
    await ikvswitch(test.host, ["stop"]);
    expect(await captureState(test.host)).toEqual(before);
  });

  it("survives stop even if it uses devices that start had created", async () => {
    await ikvswitch(test.host, ["start"]);
    await test.host.shell(`
      iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE
      iptables -t raw -N KEEP
      ip link add late type veth peer name late2 master ikeb1-3
      ip route add 10.5.0.0/16 via 203.0.113.1`);
    await ikvswitch(test.host, ["stop"]);
    const after = await captureState(test.host);
    expect(after["iptables-save"]).toContain("-A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE");
    expect(after["iptables-save"]).toContain(":KEEP - ");
    expect(after["iptables-save"]).not.toContain("ikvswitch");
    expect(after.routes).toContain("10.5.0.0/16 via 203.0.113.1");
    expect(foreignDevices(after).map(({ ifname }) => ifname)).toEqual(["lo", "up0", "late2", "late"]);
    expect(await test.content("/proc/sys/net/ipv4/ip_forward")).toBe("0");
  });

  it.each([
    ["a bridge with a planned name", "ip link add ikeb2-4 type bridge", "ikeb2-4"],
    ["a tap of another user", "ip tuntap add ikvm1-3-1 mode tap user nobody", "ikvm1-3-1"],
    [
      "a route into the fabric's network",
      "ip route add 192.168.100.0/24 via 203.0.113.1",
      "route 192.168.100.0/24",
    ],
    ["an address in the BMC network", "ip addr add 192.168.200.9/32 dev lo", "192.168.200.9/32"],
    ["no default route", "ip route del default", "MY_IP"],
    ["hardware in our group", "ip link set lo group 26987", "ip link set dev lo group default"],
  ])("makes a start fail before any change: %s", async (_name, command, message) => {
    await test.host.shell(command);
    const before = await captureState(test.host);
    const { stderr } = await ikvswitch(test.host, ["start"], { exitCodes: [3] });
    expect(stderr).toContain(message);
    expect(stderr).toContain("fix:");
    expect(await captureState(test.host)).toEqual(before);
  });
});

describe("a second configuration, with names and folders of its own", () => {
  const settings = ["STATE_DIR=/var/lib/second", "RUN_DIR=/run/second", "HOST_IPMI_BRIDGE_NAME=sebr"];
  const second = settings.flatMap((setting) => ["--set", setting]);
  const own = [
    ...settings,
    ...["INTERFACE_PREFIX=se", "HOST_VIRTUAL_SUBNET_END_PREFIX=128", "HOST_IPMI_IP=192.168.201.1"],
    "VNC_DISPLAY_START=200",
    "HOST_VIRTUAL_SUBNET6=fd69:6b76:7378::/48",
  ].flatMap((setting) => ["--set", setting]);

  it("is refused while it has anything of the first one, with what to set, and runs beside it otherwise", async () => {
    await test.startAndSettle();
    const before = await captureState(test.host);
    const refusal = [
      "interface names of the default fabric",
      "HOST_BRIDGE_NAME_PREFIX=ikhb",
      "fix: set INTERFACE_PREFIX=ik2;",
      "the whole network 192.168.96.0/19 overlaps 192.168.96.0/19 of the default fabric",
      "fix: set HOST_VIRTUAL_SUBNET_START_PREFIX=192.168, HOST_VIRTUAL_SUBNET_END_PREFIX=128",
      "the BMC network 192.168.200.0/24 overlaps",
      "fix: set HOST_IPMI_IP=192.168.201.1",
      "fix: set HOST_VIRTUAL_SUBNET6=fd69:6b76:7378::/48",
      "fix: set VNC_DISPLAY_START=",
    ];
    const expectRefusal = (stderr: string, words: readonly string[]) => {
      for (const text of refusal) {
        expect(stderr, words.join(" ")).toContain(text);
      }
    };
    for (const words of [["start"], ["stop"]]) {
      const { stderr } = await ikvswitch(test.host, [...words, ...second], { exitCodes: [3] });
      expectRefusal(stderr, words);
    }
    const main = [projectPath("bin/ikvswitch"), "--config", projectPath("etc/ikvswitch.conf"), ...second];
    for (const words of [["up"], ["link", "down", "leaf1", "spine1"]]) {
      const { stderr } = await test.host.run(process.execPath, [...main, ...words], { exitCodes: [3] });
      expectRefusal(stderr, words);
    }
    expect(await captureState(test.host)).toEqual(before);
    await ikvswitch(test.host, ["start", ...own]);
    await ikvswitch(test.host, ["status"]);
    await ikvswitch(test.host, ["status", ...own]);
    await ikvswitch(test.host, ["stop", ...own]);
    expect(await captureState(test.host)).toEqual(before);
  });

  it("leaves the host's own settings to the last fabric that goes", async () => {
    const forwarding = async () => (await test.host.run("cat", ["/proc/sys/net/ipv4/ip_forward"])).stdout;
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start"]);
    await ikvswitch(test.host, ["start", ...own]);
    await ikvswitch(test.host, ["stop"]);
    expect(await forwarding()).toBe("1\n");
    await ikvswitch(test.host, ["status", ...own]);
    await ikvswitch(test.host, ["stop", ...own]);
    expect(await captureState(test.host)).toEqual(before);
  });
});

describe("network managers", () => {
  it("are configured to ignore ikvswitch's devices if they run, and no longer after stop", async () => {
    await test.host.shell(
      "mkdir -p /run/NetworkManager/conf.d /run/systemd/netif /run/udev; touch /run/systemd/netif/state /run/udev/control",
    );
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start"]);
    expect(await test.content("/run/NetworkManager/conf.d/ikvswitch.conf")).toContain(
      "interface-name:ikeb1-3,",
    );
    expect(await test.content("/run/systemd/network/05-ikvswitch.network")).toContain("Unmanaged=yes");
    expect(await test.content("/run/systemd/network/05-ikvswitch.link")).toContain("MACAddressPolicy=none");
    expect(await test.status(0)).toContain("as planned");
    await test.host.run("rm", ["/run/systemd/network/05-ikvswitch.network"]);
    expect(await test.status(4)).toContain("05-ikvswitch.network: expected present, observed missing");
    await ikvswitch(test.host, ["stop"]);
    expect(await captureState(test.host)).toEqual(before);
  });
});
