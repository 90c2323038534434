import { describe, expect, it } from "vitest";
import type { BmcAccess } from "../../../src/bmc/access.ts";
import { bmcEndpoint } from "../../../src/bmc/endpoint.ts";
import { bmcPaths } from "../../../src/bmc/paths.ts";
import { findBmcProcesses } from "../../../src/bmc/processes.ts";
import { startBmcs } from "../../../src/bmc/start.ts";
import { bmcStatus } from "../../../src/bmc/status.ts";
import { stopBmcs } from "../../../src/bmc/stop.ts";
import { addressOf, type BmcSite, USER } from "../bmc-site.ts";

/** Tests that start and stop the processes of BMCs. */
export function bmcProcessTests(site: BmcSite): void {
  const { settings, ipmitool, power, bmcAddresses } = site;

  describe("starting the BMCs", () => {
    it("keeps those that run as planned, and starts the others again", async () => {
      const first = await startBmcs(site.host, site.fabric, settings());
      expect([...first]).toEqual(site.fabric.nodes.map((node) => [node.name, "started"]));
      const before = await findBmcProcesses(site.host, site.runDir);
      await Promise.all(
        [...(before.simulators.get("leaf1") ?? []), ...before.proxy].map(({ pid }) =>
          site.host.kill(pid, "SIGKILL"),
        ),
      );
      await expect
        .poll(async () => (await bmcStatus(site.host, site.fabric, settings())).map((bmc) => bmc.running))
        .toEqual([false, false, false, false]);

      const second = await startBmcs(site.host, site.fabric, settings());
      expect(Object.fromEntries(second)).toEqual({
        internet: "unchanged",
        spine1: "unchanged",
        leaf1: "started",
        leaf2: "unchanged",
      });
      const after = await findBmcProcesses(site.host, site.runDir);
      expect(after.simulators.get("leaf2")).toEqual(before.simulators.get("leaf2"));
      expect((await bmcStatus(site.host, site.fabric, settings())).map((bmc) => bmc.running)).toEqual([
        true,
        true,
        true,
        true,
      ]);
      expect(await power()).toBe("Chassis Power is off");
    });

    it("again with another password invalidates the old one", async () => {
      await startBmcs(site.host, site.fabric, settings());
      await startBmcs(site.host, site.fabric, settings({ kind: "on", user: USER, password: "another" }));
      expect((await ipmitool(["mc", "guid"], { more: ["-R", "1"] })).exitCode).toBe(1);
      expect((await ipmitool(["mc", "guid"], { password: "another" })).exitCode).toBe(0);
    });

    it("with the shipped password makes them listen on loopback only", async () => {
      const access: BmcAccess = { kind: "on", user: USER, password: "changeme" };
      await startBmcs(site.host, site.fabric, settings(access));
      const sockets = (await site.host.readFile("/proc/net/udp")) ?? "";
      const addresses = [...sockets.matchAll(/^ *\d+: ([0-9A-F]{8}):/gm)].map((match) => match[1] ?? "");
      // 127.… in little-endian hexadecimal; the proxy's sockets to the simulators are not bound to an address.
      expect(addresses.filter((address) => !address.endsWith("7F") && address !== "00000000")).toEqual([]);
      expect(await bmcAddresses()).toEqual([]);
      const endpoint = bmcEndpoint(site.leaf1, access);
      expect(endpoint).toMatchObject({ listen: "loopback", address: "127.0.0.1", port: 6232 });
      const result = await ipmitool(["mc", "guid"], {
        address: "127.0.0.1",
        password: "changeme",
        more: ["-p", "6232"],
      });
      expect(result.exitCode).toBe(0);
    });

    it("for a smaller fabric ends the surplus ones", async () => {
      await startBmcs(site.host, site.fabric, settings());
      const smaller = { ...site.fabric, nodes: site.fabric.nodes.slice(0, 2) };
      const targets = settings().targets.slice(0, 2);
      await startBmcs(site.host, smaller, { ...settings(), targets });
      expect([...(await findBmcProcesses(site.host, site.runDir)).simulators.keys()].sort()).toEqual([
        "internet",
        "spine1",
      ]);
      expect(await bmcAddresses()).toEqual(smaller.nodes.map(addressOf));
    });

    it("fails with the program's own message if one does not start", async () => {
      await site.host.run({ file: "ip", args: ["link", "delete", site.fabric.host.bmcBridge] });
      await expect(startBmcs(site.host, site.fabric, settings())).rejects.toThrow(/EADDRNOTAVAIL/);
    });
  });

  describe("stopping the BMCs", () => {
    it("leaves no process, address, file or socket", async () => {
      // IPv4 only, which BMCs use: the bridge's IPv6 address is tentative for its first second.
      const addresses = async () =>
        (await site.host.run({ file: "ip", args: ["-json", "-4", "address"] })).stdout;
      const addressesBefore = await addresses();
      const filesBefore = await site.host.list(site.runDir);
      await startBmcs(site.host, site.fabric, settings());
      expect(await bmcAddresses()).toEqual(site.fabric.nodes.map(addressOf));
      await stopBmcs(site.host, site.fabric, { runDir: site.runDir });

      const { simulators, proxy, chassis } = await findBmcProcesses(site.host, site.runDir);
      expect([...simulators, ...proxy, ...chassis]).toEqual([]);
      expect(await addresses()).toBe(addressesBefore);
      expect(await site.host.list(site.runDir)).toEqual(filesBefore);
      expect((await site.host.readFile("/proc/net/udp"))?.trim().split("\n")).toHaveLength(1);
      expect((await bmcStatus(site.host, site.fabric, settings())).map((bmc) => bmc.running)).toEqual([
        false,
        false,
        false,
        false,
      ]);
    });

    it("works repeatedly, and if the bridge is gone or a BMC hangs", async () => {
      await startBmcs(site.host, site.fabric, settings());
      const { simulators } = await findBmcProcesses(site.host, site.runDir);
      await Promise.all((simulators.get("leaf1") ?? []).map(({ pid }) => site.host.kill(pid, "SIGSTOP")));
      await site.host.run({ file: "ip", args: ["link", "delete", site.fabric.host.bmcBridge] });
      await stopBmcs(site.host, site.fabric, { runDir: site.runDir });
      await stopBmcs(site.host, site.fabric, { runDir: site.runDir });
      expect((await findBmcProcesses(site.host, site.runDir)).simulators.size).toBe(0);
      expect(await site.host.list(bmcPaths(site.runDir).folder)).toEqual([]);
    });
  });
}
