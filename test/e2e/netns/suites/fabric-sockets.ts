import { describe, expect, it } from "vitest";
import type { Fabric } from "../../../../src/fabric/types.ts";
import type { EmulatorStatus } from "../../../../src/lab/status.ts";
import type { PositionReport } from "../../../../src/ports/report.ts";
import { pollUntil } from "../../../../src/system/poll.ts";
import type { Namespace, PluggedMachine } from "../../../integration/namespace.ts";
import type { NetnsSite } from "../../netns-site.ts";

//   client ── QEMU's netdev ── socket ── ikvm1-4-1 … ── leaf
//
// Clients are namespaces that QEMU connects, as it connects a VM's NIC.

const UP = ["up", "--set", "PLUG_SOCKETS=yes"];
const STATUS = ["status", "--set", "PLUG_SOCKETS=yes"];
const FOLDER = "/run/ikvswitch/plug";
const TIMEOUT_MS = 60_000;

/** Tests of VMs that attach by sockets. The next `up` of another test closes them: see `hasNoSockets`. */
export function socketTests(site: () => NetnsSite, fabric: Fabric): void {
  /** The IPv6 link-local address of a leaf's port. */
  const leafAddress = (leaf: string, rack: number, position: number) =>
    String(
      fabric.nodes
        .find(({ name }) => name === leaf)
        ?.ports.find(({ peer }) => peer.kind === "server" && peer.rack === rack && peer.position === position)
        ?.linkLocal,
    );

  const ping = (from: Namespace, target: string, ...options: readonly string[]) =>
    pollUntil({ what: `an answer of ${target}`, timeoutMs: TIMEOUT_MS, intervalMs: 100 }, async () => {
      const words = ["-n", "-c", "1", "-W", "1", ...options, target];
      const { exitCode, stdout, stderr } = await from.run("ping", words, { exitCodes: [0, 1, 2] });
      return exitCode === 0 ? { done: true, value: stdout } : { done: false, seen: stdout + stderr };
    });

  const holders = async (rack: number, position: number) => {
    const { positions: all } = (await site().json(["ports"])) as {
      readonly positions: readonly PositionReport[];
    };
    const found = all.find((report) => report.rack === rack && report.position === position);
    return found?.nics.map(({ by }) => by);
  };

  const leave = async ({ qemu }: PluggedMachine) => {
    qemu.kill("SIGKILL");
    await qemu.output;
  };

  const untilFree = (tap: string) =>
    site().host.shell(`until grep -qx 0 /sys/class/net/${tap}/carrier; do sleep 0.02; done`);

  /** Connects to a TCP port, sends these bytes, and waits until the other side closes the connection. */
  const refused = async (port: number, bytes: string) => {
    const program = `const socket = require("node:net").connect(${port}, "127.0.0.1", () => socket.write(Buffer.from("${bytes}", "hex")));
      socket.on("close", () => process.exit(0)).on("error", () => {}).resume();
      setTimeout(() => process.exit(1), ${TIMEOUT_MS});`;
    await site().host.run(process.execPath, ["-e", program]);
  };

  const log = async () => (await site().host.run("cat", ["/run/ikvswitch/logs/plug-sockets/log"])).stdout;

  describe("VMs that attach by sockets", () => {
    it("are refused by `up` while another program has one of the ports", async () => {
      const listen =
        'require("net").createServer().listen(29003, "127.0.0.1", () => console.log("listening"))';
      const holder = site().host.start(process.execPath, ["-e", listen]);
      await new Promise<void>((resolve) => holder.watch(() => resolve()));
      const { stderr } = await site().ikvswitch(UP, [3]);
      expect(stderr).toMatch(/TCP port 29003 is in use: node \(pid \d+\) listens on 127\.0\.0\.1:29003/);
      expect(stderr).toContain("or set PLUG_PORT_START to another value");
      holder.kill("SIGKILL");
      await holder.output;
    });

    it("find sockets at every position, of a program without rights", async () => {
      const { stderr } = await site().ikvswitch(UP);
      expect(stderr).toContain(`Open the sockets for VMs: 79 on 127.0.0.1:29000 to 29078, and in ${FOLDER}`);
      const { plugs } = (await site().json(STATUS)) as EmulatorStatus;
      expect(plugs).toEqual({ running: true, firstPort: 29_000, lastPort: 29_078, folder: FOLDER });
      const users = await site().host.shell(
        "ps -o user:20=,args= -C perl | grep /run/ikvswitch/plug-sockets/list",
      );
      expect(users.stdout).toMatch(/^ikvswitch /);
      const sockets = await site().host.shell(`stat -c '%A %U' ${FOLDER} ${FOLDER}/1-4-1`);
      expect(sockets.stdout).toBe("drwxr-x--- ikvswitch\nsrw-rw---- ikvswitch\n");
    });

    it("reach their leaf by TCP and by unix sockets, and may come back", async () => {
      const tcp = { netdev: "socket,connect=127.0.0.1:29003", tap: "ikvm1-4-1" };
      const unix = { netdev: `stream,server=off,addr.type=unix,addr.path=${FOLDER}/3-4-2`, tap: "ikvm3-4-2" };
      for (const [{ netdev, tap }, leaf, rack] of [
        [tcp, "leaf1", 1],
        [unix, "leaf6", 3],
        [tcp, "leaf1", 1],
      ] as const) {
        const client = await site().plugIntoSocket(netdev, { address: "10.9.0.1/24", mtu: 9000 });
        await ping(client.machine, `${leafAddress(leaf, rack, 4)}%eth0`, "-M", "do", "-s", "8952");
        const [one, two] = (await holders(rack, 4)) ?? [];
        expect([...(one ?? []), ...(two ?? [])]).toEqual([
          expect.stringMatching(
            netdev.startsWith("socket")
              ? /^qemu-system-x86_64 \(pid \d+\) by TCP socket$/
              : /^qemu-system-x86_64 \(pid \d+\) by unix socket$/,
          ),
        ]);
        await leave(client);
        await untilFree(tap);
      }
    });

    it("have a position to themselves, and are disconnected if they send no frames", async () => {
      const client = await site().plugIntoSocket("socket,connect=127.0.0.1:29003", {
        address: "10.9.0.1/24",
        mtu: 1500,
      });
      await refused(29_003, "");
      expect(await log()).toMatch(/ 1-4-1: refused TCP port \d+: the limit is 1 at once\n/);
      await refused(29_005, "ffffffff");
      expect(await log()).toMatch(/ 1-5-1: TCP port \d+ sent a frame of 4294967295 bytes: /);
      await ping(client.machine, `${leafAddress("leaf1", 1, 4)}%eth0`);
      await leave(client);
    });

    it("reach each other and the leaf on the shared segment, at the highest free position", async () => {
      const segment = [
        "socket,connect=127.0.0.1:29000",
        `stream,server=off,addr.type=unix,addr.path=${FOLDER}/segment`,
      ];
      const clients: PluggedMachine[] = [];
      for (const [index, netdev] of segment.entries()) {
        clients.push(await site().plugIntoSocket(netdev, { address: `10.9.0.${index + 1}/24`, mtu: 9000 }));
      }
      const [one, two] = clients;
      if (one === undefined || two === undefined) {
        throw new Error("there are two clients");
      }
      await ping(one.machine, "10.9.0.2", "-M", "do", "-s", "8972");
      for (const { machine } of clients) {
        await ping(machine, `${leafAddress("leaf1", 1, 15)}%eth0`);
      }
      const [shared] = (await holders(1, 15)) ?? [];
      expect(shared?.toSorted()).toEqual([
        expect.stringMatching(/by TCP socket$|by unix socket$/),
        expect.stringMatching(/by TCP socket$|by unix socket$/),
      ]);
      await leave(one);
      await ping(two.machine, `${leafAddress("leaf1", 1, 15)}%eth0`);
      await leave(two);
    });

    it("stay connected over another `up`, and lose their sockets with the program, which `up` starts again", async () => {
      const netdev = "socket,connect=127.0.0.1:29003";
      const client = await site().plugIntoSocket(netdev, { address: "10.9.0.1/24", mtu: 1500 });
      await site().ikvswitch(UP);
      await ping(client.machine, `${leafAddress("leaf1", 1, 4)}%eth0`);
      await site().host.shell('kill -KILL "$(cut -d" " -f1 /run/ikvswitch/plug-sockets/process)"');
      await untilFree("ikvm1-4-1");
      expect((await site().ikvswitch(STATUS, [4])).stdout).toContain("the sockets for VMs are closed");
      await leave(client);
      await site().ikvswitch(UP);
      const again = await site().plugIntoSocket(netdev, { address: "10.9.0.1/24", mtu: 1500 });
      await ping(again.machine, `${leafAddress("leaf1", 1, 4)}%eth0`);
      await leave(again);
      await site().unplug();
    });
  });
}

/** Checks that nothing of the sockets is left. */
export async function hasNoSockets(site: NetnsSite): Promise<void> {
  expect((await site.host.run("find", ["/run/ikvswitch", "-path", "*plug*"])).stdout).toBe("");
  expect((await site.host.run("ss", ["-Hltn", "src", "127.0.0.1:29000"])).stdout).toBe("");
  expect((await site.json(["status"])) as EmulatorStatus).toMatchObject({ plugs: null });
}
