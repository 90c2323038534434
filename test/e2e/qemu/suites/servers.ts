import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fabric, Node } from "../../../../src/fabric/types.ts";
import type { LeasesReport } from "../../../../src/leases/report.ts";
import type { PositionReport } from "../../../../src/ports/report.ts";
import { pollUntil } from "../../../../src/system/poll.ts";
import { startCapture } from "../../capture.ts";
import { type FabricSite, imageFiles } from "../../fabric-site.ts";
import { type ServerMachine, serverMac, startServer } from "../server-machine.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";

//      spine1
//       ╱  ╲
//   leaf1  leaf2
//       ╲  ╱
//   server in rack 1 at U3: ikvm1-3-1 and ikvm1-3-2

const SERVICE = "192.168.100.50";
const START_TIMEOUT_MS = 3 * 60_000;
const CONVERGENCE_TIMEOUT_MS = 60_000;

/** Tests of servers that users attach to the racks of a running fabric. */
export function serverTests(shared: SharedFabric): void {
  sharedSuite("servers in racks", shared, () => dualHomedServerTests(shared));
}

function dualHomedServerTests({ site, fabric }: SharedFabric): void {
  describe("a server in rack 1, position 3", () => {
    const internet = nodeOf(fabric, "internet");
    const leafPorts = ["leaf1", "leaf2"].map((leaf) => portTo(nodeOf(fabric, "spine1"), leaf));
    const serverPort = nodeOf(fabric, "leaf1").ports.find(
      ({ peer }) => peer.kind === "server" && peer.position === 3,
    )?.name;
    let server: ServerMachine;

    beforeAll(async () => {
      const place = { rack: 1, position: 3 };
      const macs = ([1, 2] as const).flatMap((nic) => ["--mac", serverMac(place, nic)]);
      const { stdout } = await site().ikvswitch(["plug", "1", "3", ...macs]);
      server = await startServer(site().host, {
        name: "server",
        ...place,
        nics: stdout.trim().split(/\s+/),
        announced: [SERVICE],
        // Announcements that no server may make: a default route, and the internet router's loopback.
        bgpLines: [
          "neighbor eth0.10 default-originate",
          "neighbor eth1.10 default-originate",
          `network ${internet.loopback}/32`,
        ],
        images: await imageFiles(site()),
      });
    }, START_TIMEOUT_MS);

    afterAll(async () => {
      await server.stop();
    });

    it("occupies the taps, of which `plug` warns", async () => {
      const { stderr } = await site().ikvswitch(["plug", "1", "3"]);
      expect(stderr).toContain("a VM is already attached: ikvm1-3-1, ikvm1-3-2 have carrier");
    });

    it("is shown by `ports` with its process, its sessions and what it announces", async () => {
      await untilReachable("the server's address over both leaves");
      const { positions } = (await site().json(["ports"])) as {
        readonly positions: readonly PositionReport[];
      };
      const nics = positions.find(({ rack, position }) => rack === 1 && position === 3)?.nics ?? [];
      expect(nics.map(({ leaf }) => leaf)).toEqual(["leaf1", "leaf2"]);
      for (const { carrier, by, macs, vlans, session, announced } of nics) {
        expect(carrier).toBe(true);
        expect(by).toEqual([expect.stringMatching(/^qemu-system-x86_64 \(pid \d+\)$/)]);
        expect(macs).toEqual([expect.stringMatching(/^52:54:00:01:03:0[12]$/)]);
        expect(vlans).toContain(10);
        expect(session).toEqual({ state: "Established", remoteAs: 42_000_1003 });
        expect(announced).toContain(`${SERVICE}/32`);
      }
    });

    const ping = (...options: readonly string[]) =>
      site().host.run("ping", ["-n", "-c", "3", "-i", "0.2", "-W", "2", ...options, SERVICE], {
        exitCodes: [0, 1],
      });

    const untilReachable = (what: string) =>
      pollUntil({ what, timeoutMs: CONVERGENCE_TIMEOUT_MS, intervalMs: 500 }, async () => {
        const { exitCode, stdout } = await ping();
        return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: stdout };
      });

    it("peers with both of its leaves over VLAN 10", async () => {
      await pollUntil(
        { what: "two sessions of the server", timeoutMs: CONVERGENCE_TIMEOUT_MS, intervalMs: 1_000 },
        async () => {
          const summary = JSON.parse(
            await server.exec("/usr/bin/vtysh", "-c", "show bgp ipv4 unicast summary json"),
          );
          const states = Object.values(summary.peers as Record<string, { state: string }>).map(
            ({ state }) => state,
          );
          return states.length === 2 && states.every((state) => state === "Established")
            ? { done: true, value: undefined }
            : { done: false, seen: JSON.stringify(states) };
        },
      );
    });

    it("is reached from the host by the address that it announces, over both leaves", async () => {
      await untilReachable("an answer from the server");
      const routes = JSON.parse(await site().inside("spine1", "ip", "-j", "route", "show", SERVICE));
      const devices = routes[0].nexthops.map(({ dev }: { dev: string }) => dev).sort();
      expect(devices).toEqual(leafPorts);
    });

    it("receives jumbo frames from the host unfragmented", async () => {
      // 8972 bytes and 28 bytes of IP and ICMP headers are 9000.
      expect((await ping("-M", "do", "-s", "8972")).exitCode).toBe(0);
    });

    it("can't announce a default route or a switch's loopback", async () => {
      const received = await site().inside(
        "leaf1",
        "vtysh",
        "-c",
        `show bgp ipv4 unicast neighbors ${serverPort}.10 routes json`,
      );
      expect(Object.keys(JSON.parse(received).routes)).toEqual([`${SERVICE}/32`]);
      const routes = JSON.parse(await site().inside("leaf1", "ip", "-j", "route", "show", "default"));
      expect(JSON.stringify(routes)).not.toContain(serverPort);
      expect((await site().ikvswitch(["ssh", "internet", "hostname"])).stdout).toBe("internet\n");
    });

    it("gets a DHCP lease with a BIOS client's boot file, through its untagged port", async () => {
      await server.exec(
        "/bin/sh",
        "-c",
        "echo 'option arch code 93 = unsigned integer 16; send arch 0; request subnet-mask, routers, domain-name-servers;' > /root/dhclient.conf",
      );
      await server.exec(
        "/usr/sbin/dhclient",
        // A script that does nothing: the test only reads the lease, and the server keeps its routes.
        ...["-sf", "/bin/true"],
        "-1",
        "-v",
        "-cf",
        "/root/dhclient.conf",
        "-lf",
        "/root/leases",
        "-pf",
        "/root/dhclient.pid",
        "eth0",
      );
      const lease = await server.exec("/bin/cat", "/root/leases");
      expect(lease).toMatch(/fixed-address 192\.168\.110\.(2\d|[3-9]\d|1\d\d|2[0-4]\d|250);/);
      expect(lease).toContain('filename "undionly.kpxe"');
      expect(lease).toContain("option routers 192.168.110.1");
      await server.exec("/bin/sh", "-c", "kill $(cat /root/dhclient.pid)");
      const { leases } = (await site().json(["leases"])) as LeasesReport;
      const mac = serverMac({ rack: 1, position: 3 }, 1);
      expect(leases).toEqual([
        expect.objectContaining({ rack: 1, leaf: "leaf1", mac, state: "active", reserved: false }),
      ]);
      expect(lease).toContain(`fixed-address ${leases[0]?.address};`);
    });

    it("keeps its lease when its leaf is killed and started, and another client gets another address", async () => {
      const before = await servedLeases(site());
      const { leaf1 } = await site().pids();
      await site().host.run("kill", ["-KILL", `${leaf1}`]);
      await site().ikvswitch(["node", "start", "leaf1"]);
      expect(await servedLeases(site())).toEqual(before);
      const mac = serverMac({ rack: 1, position: 5 }, 2);
      // It is on the shared segment, which has the highest free position.
      await bootFirmware(site(), mac, "socket,connect=127.0.0.1:29000");
      const after = await servedLeases(site());
      expect(after).toEqual(expect.arrayContaining([...before, expect.objectContaining({ mac })]));
      expect(new Set(after.map(({ address }) => address)).size).toBe(before.length + 1);
    });

    it("gets the address that `leases reserve` reserves on the running leaf", async () => {
      const mac = serverMac({ rack: 1, position: 3 }, 1);
      expect(await site().json(["leases", "reserve", mac, "192.168.110.7", "db1"])).toMatchObject({
        applied: true,
      });
      const [listed] = ((await site().json(["leases"])) as LeasesReport).leases;
      expect(listed).toMatchObject({ address: "192.168.110.7", mac, hostname: "db1", reserved: true });
      const words = ["-sf", "/bin/true", "-1", "-lf", "/root/reserved", "-pf", "/root/dhclient.pid", "eth0"];
      await server.exec("/usr/sbin/dhclient", ...words);
      expect(await server.exec("/bin/cat", "/root/reserved")).toContain("fixed-address 192.168.110.7;");
      await server.exec("/bin/sh", "-c", "kill $(cat /root/dhclient.pid)");
      expect(await site().json(["leases", "unreserve", mac])).toMatchObject({ applied: true });
    });

    it("offers real network boot firmware the iPXE script", async () => {
      const mac = serverMac({ rack: 1, position: 5 }, 1);
      const socket = "stream,server=off,addr.type=unix,addr.path=/run/ikvswitch/plug/1-5-1";
      const text = await bootFirmware(site(), mac, socket);
      expect(text).toContain('file "http://192.168.100.2/boot.ipxe"');
      expect(text).toContain("Server-IP 192.168.100.2");
    });

    it("stays reachable over one leaf when the other dies, and `up` restarts only that leaf", async () => {
      const [pids, leases] = [await site().pids(), await servedLeases(site())];
      await site().host.run("kill", ["-KILL", `${pids.leaf1}`]);
      await untilReachable("an answer from the server with leaf1 dead");
      const routes = await site().inside("spine1", "ip", "route", "show", SERVICE);
      expect(routes).toContain(leafPorts[1]);
      await site().ikvswitch(["up"]);
      const after = await site().pids();
      expect(Object.keys(after).filter((name) => after[name] !== pids[name])).toEqual(["leaf1"]);
      await untilReachable("an answer from the server with leaf1 back");
      expect(await servedLeases(site())).toEqual(leases);
    });
  });
}

/** Returns the leases as soon as every DHCP server answers. */
function servedLeases(site: FabricSite): Promise<LeasesReport["leases"]> {
  return pollUntil({ what: "DHCP servers", timeoutMs: START_TIMEOUT_MS, intervalMs: 1_000 }, async () => {
    const { leases, unknown } = (await site.json(["leases"])) as LeasesReport;
    return unknown.length === 0
      ? { done: true, value: leases }
      : { done: false, seen: JSON.stringify(unknown) };
  });
}

/**
 * Boots network boot firmware at position 5 until it has a lease: it asks twice for offers, and then for one of them.
 * Returns its messages and those of the DHCP server.
 * @param netdev of QEMU, with its options besides the id.
 */
async function bootFirmware({ host }: FabricSite, mac: string, netdev: string): Promise<string> {
  const capture = await startCapture(host, "ikvm1-5-1", ["-v", "-c", "6", "udp port 67 or udp port 68"]);
  const client = host.start("timeout", [
    ...["60", "qemu-system-x86_64", "-machine", "q35,graphics=off", "-accel", "tcg", "-m", "64"],
    ...["-nodefaults", "-display", "none", "-boot", "n", "-device", `virtio-net-pci,netdev=net0,mac=${mac}`],
    ...["-netdev", `${netdev},id=net0`],
  ]);
  const text = await capture.text;
  client.kill("SIGTERM");
  await client.output;
  return text;
}

function nodeOf(fabric: Fabric, name: string): Node {
  const node = fabric.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) {
    throw new Error(`there is no ${name}`);
  }
  return node;
}

/** Returns the port of a node that is linked to another node. */
function portTo({ ports }: Node, neighbor: string): string {
  return ports.find(({ peer }) => peer.kind === "node" && peer.node === neighbor)?.name ?? "";
}
