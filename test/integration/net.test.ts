import { describe, expect, it } from "vitest";
import { captureState } from "./host-state.ts";
import { shippedLinkTable } from "./link-table.ts";
import { HOST_ADDRESS, ikvswitch } from "./namespace.ts";
import { size } from "./size.ts";
import { useTestSite } from "./test-site.ts";

const test = await useTestSite();
const devices = size.interfaces + size.bridges;

describe("a started host network", () => {
  it(`is the link table: ${size.interfaces} interfaces on ${size.bridges} bridges, each with its settings, and IPv6 on the host's link only`, async () => {
    const { stdout } = await ikvswitch(test.host, ["start"]);
    expect(stdout).toContain(`${devices} devices created`);
    const all = await test.ourDevices();
    const bridges = all.filter(({ linkinfo }) => linkinfo?.info_kind === "bridge");
    const ports = all.filter(({ linkinfo }) => linkinfo?.info_kind !== "bridge");
    expect(bridges).toHaveLength(size.bridges);
    expect(ports).toHaveLength(size.interfaces);

    const members = Object.fromEntries(
      bridges.map(({ ifname }) => [
        ifname,
        ports.flatMap((port) => (port.master === ifname ? [port.ifname] : [])).sort(),
      ]),
    );
    expect(members).toEqual(shippedLinkTable());

    expect(new Set(all.map(({ address }) => address)).size).toBe(devices);
    for (const device of all) {
      expect(device.flags, device.ifname).toContain("UP");
      expect(device.mtu, device.ifname).toBe(["bripmi", "ikipmi"].includes(device.ifname) ? 1500 : 9000);
      const hasIpv6 = device.ifname === "ikhb";
      expect(await test.content(`/proc/sys/net/ipv6/conf/${device.ifname}/disable_ipv6`), device.ifname).toBe(
        hasIpv6 ? "0" : "1",
      );
      expect(device.addr_info.filter(({ family }) => family === "inet6").length > 0, device.ifname).toBe(
        hasIpv6,
      );
    }
    for (const bridge of bridges) {
      expect(bridge.linkinfo?.info_data, bridge.ifname).toMatchObject({
        stp_state: 0,
        forward_delay: 0,
        mcast_snooping: 0,
        group_fwd_mask: "0x4000",
      });
      const answersArp = ["ikhb", "bripmi"].includes(bridge.ifname);
      expect(bridge.flags.includes("NOARP"), bridge.ifname).toBe(!answersArp);
    }
    for (const port of ports.filter(({ ifname }) => ifname !== "ikhn")) {
      expect(port.linkinfo, port.ifname).toMatchObject({
        info_kind: "tun",
        info_data: { type: "tap", persist: true, user: "ikvswitch" },
      });
    }
  });

  it("has the host's addresses, one route of each family, one SNAT rule to the uplink's address, and forwarding enabled", async () => {
    await ikvswitch(test.host, ["start"]);
    const all = await test.devices();
    const addresses = (name: string) =>
      all
        .filter(({ ifname }) => ifname === name)
        .flatMap(({ addr_info }) => addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`))
        .filter((address) => !address.startsWith("fe80:"));
    expect(addresses("ikhb")).toEqual(["192.168.96.1/24", "fd69:6b76:7377::1/64"]);
    expect(addresses("bripmi")).toEqual(["192.168.200.1/24"]);
    expect((await test.host.run("ip", ["route", "show", "192.168.96.0/19"])).stdout.trim()).toBe(
      "192.168.96.0/19 via 192.168.96.2 dev ikhb proto 107 src 192.168.96.1",
    );
    expect((await test.host.run("ip", ["-6", "route", "show", "fd69:6b76:7377::/48"])).stdout.trim()).toBe(
      "fd69:6b76:7377::/48 via fd69:6b76:7377::2 dev ikhb proto 107 src fd69:6b76:7377::1 metric 1024 pref medium",
    );
    expect((await test.host.run("iptables", ["-t", "nat", "-S", "POSTROUTING"])).stdout).toBe(
      `-P POSTROUTING ACCEPT\n-A POSTROUTING -s 192.168.96.0/19 ! -d 192.168.96.0/19 -m comment --comment ikvswitch -j SNAT --to-source ${HOST_ADDRESS}\n`,
    );
    expect(await test.content("/proc/sys/net/ipv4/ip_forward")).toBe("1");
    expect((await test.host.run("stat", ["-c", "%a", "/var/lib/ikvswitch"])).stdout.trim()).toBe("700");
  });

  it("is not changed by a second start, including the interface indexes", async () => {
    await test.startAndSettle();
    const first = await captureState(test.host);
    await test.startAndSettle();
    expect(await captureState(test.host)).toEqual(first);
    const dryRun = await ikvswitch(test.host, ["start", "--dry-run"]);
    expect(dryRun.stdout.trim()).toBe("# Nothing to do.");
  });

  it("is the same after two concurrent starts as after one", async () => {
    const outputs = await Promise.all([ikvswitch(test.host, ["start"]), ikvswitch(test.host, ["start"])]);
    const created = outputs.filter(({ stdout }) => stdout.includes(`${devices} devices created`));
    const unchanged = outputs.filter(({ stdout }) => stdout.includes("already as planned"));
    expect([created.length, unchanged.length]).toEqual([1, 1]);
    await test.status(0);
  });

  it("is gone after stop, and the host is exactly as before", async () => {
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start"]);
    await ikvswitch(test.host, ["stop"]);
    expect(await captureState(test.host)).toEqual(before);
    const again = await ikvswitch(test.host, ["stop"]);
    expect(again.stdout).toContain("nothing to remove");
    expect(await captureState(test.host)).toEqual(before);
  });

  it("shrinks and grows with the configuration, without changes to the remaining devices", async () => {
    await ikvswitch(test.host, ["start", "--set", `NUM_U=${size.numU + 3}`]);
    const large = new Map((await test.ourDevices()).map(({ ifname, ifindex }) => [ifname, ifindex]));
    const { stdout } = await ikvswitch(test.host, ["start", "--set", "NUM_U=4"]);
    expect(stdout).toContain("removed");
    const small = await test.ourDevices();
    expect(
      small
        .filter(({ linkinfo }) => linkinfo?.info_kind === "bridge")
        .map(({ ifname }) => ifname)
        .sort(),
    ).toEqual(Object.keys(shippedLinkTable(4)).sort());
    for (const { ifname, ifindex } of small) {
      expect(ifindex, ifname).toBe(large.get(ifname));
    }
  });
});

describe("a stop", () => {
  it("works with another configuration than the start, and without the emulator's user", async () => {
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start"]);
    const other = ["NUM_U=4", "NUM_SPINES=1", "EMULATOR_USER=ghost", "HOST_BRIDGE_NAME_PREFIX=br"];
    await ikvswitch(test.host, ["stop", ...other.flatMap((set) => ["--set", set])]);
    expect(await captureState(test.host)).toEqual(before);
  });
});
