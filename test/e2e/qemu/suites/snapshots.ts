import { expect, it } from "vitest";
import type { Started } from "../../../integration/namespace.ts";
import { STATE_DIR } from "../../fabric-site.ts";
import { rebootHost } from "../../host-reboot.ts";
import { expectSameSessions, restoreSnapshot, type Sessions, spineSessions } from "../sessions.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";
import { INTERRUPTED, signalOnce } from "../signal-once.ts";

const SNAPSHOTS = `${STATE_DIR}/snapshots`;
const SOCKET = "/run/db1.sock";
const CLOCK_TOLERANCE_S = 2;
const TIMEOUT_MS = 10 * 60_000;

/** Tests of snapshots of a fabric with one spine, and of an attached VM. */
export function snapshotTests(shared: SharedFabric): void {
  const { site, fabric } = shared;
  const names = fabric.nodes.map(({ name }) => name);
  const inside = (node: string, ...words: readonly string[]) => site().inside(node, ...words);
  const uptime = async () => Number((await inside("leaf1", "cat", "/proc/uptime")).split(" ")[0]);
  const kept: number[] = [];
  const restore = async (words: readonly string[], before: Sessions) => {
    kept.push(await restoreSnapshot(site(), fabric, words, before));
  };
  const files = async () =>
    (await site().host.run("ls", ["-A", SNAPSHOTS])).stdout.split("\n").filter((name) => name !== "");
  const listSnapshots = async () =>
    ((await site().json(["snapshot", "ls"])) as { snapshots: { name: string; diskMiB: number }[] }).snapshots;
  const expectKept = async () => {
    const { outcomes, asPlanned } = (await site().json(["up"])) as {
      outcomes: Record<string, string>;
      asPlanned: boolean;
    };
    expect(outcomes).toEqual(Object.fromEntries(names.map((name) => [name, "kept"])));
    expect(asPlanned).toBe(true);
  };
  const startServer = async (...words: readonly string[]): Promise<Started> => {
    const machine = site().host.start("qemu-system-x86_64", [
      ...["-machine", "q35", "-accel", "tcg", "-m", "16M", "-nodefaults", "-display", "none"],
      ...["-qmp", `unix:${SOCKET},server=on,wait=off`, ...words],
    ]);
    await site().host.shell(`until [ -S ${SOCKET} ]; do :; done`);
    return machine;
  };
  const endServer = async (machine: Started | undefined) => {
    machine?.kill("SIGKILL");
    await machine?.output;
    await site().host.run("rm", [SOCKET]);
  };

  sharedSuite("a snapshot", shared, () => {
    let atSave: Sessions;
    let uptimeAtSave: number;

    it("is saved without ending a session, and reports its size and the pause", async () => {
      atSave = await spineSessions(site());
      uptimeAtSave = await uptime();
      const report = (await site().json(["snapshot", "save", "one"])) as Record<string, number>;
      expect(report).toMatchObject({ name: "one", switches: names.length });
      expect(report.diskMiB).toBeGreaterThan(100);
      expect(report.diskMiB).toBeLessThanOrEqual(report.expectedMiB ?? 0);
      expect(report.pausedMs).toBeGreaterThan(0);
      await expectSameSessions(site(), atSave);
      expect(await listSnapshots()).toMatchObject([
        { name: "one", switches: names.length, problems: [], compressed: false },
      ]);
      expect((await site().ikvswitch(["snapshot", "ls"])).stdout).toMatch(/^one .* yes$/m);
    });

    it(
      "restores the saved state after changes, sessions and uptimes included",
      async () => {
        await inside("leaf1", "sh", "-c", "echo changed >/root/mark; hostname changed");
        await inside("leaf1", "vtysh", "-c", "configure", "-c", "ip route 198.51.100.0/24 blackhole");
        await inside(
          "spine1",
          "vtysh",
          "-c",
          "configure",
          "-c",
          "router bgp",
          "-c",
          "neighbor ens6 shutdown",
        );
        const started = Date.now();
        await restore(["one"], atSave);
        const now = await uptime();
        expect(now).toBeGreaterThan(uptimeAtSave);
        expect(now).toBeLessThan(uptimeAtSave + 60 + (Date.now() - started) / 1000);
        const asked = Date.now() / 1000;
        const seen = await inside("leaf1", "sh", "-c", "hostname; ls /root; ip route; dmesg; date +%s");
        expect(seen).toMatch(/^leaf1\n/);
        expect(seen).not.toContain("mark");
        expect(seen).not.toContain("198.51.100.0/24");
        expect(seen).toContain("crng reseeded due to virtual machine fork");
        const time = Number(seen.trim().split("\n").at(-1));
        expect(time).toBeGreaterThan(asked - CLOCK_TOLERANCE_S);
        expect(time).toBeLessThan(Date.now() / 1000 + CLOCK_TOLERANCE_S);
        await expectKept();
      },
      TIMEOUT_MS,
    );

    it(
      "does not exist after a killed save, and the next command resumes the switches",
      async () => {
        const before = await spineSessions(site());
        const half = `there ${SNAPSHOTS}/.building-half/*/memory`;
        await signalOnce(site(), "KILL", ["snapshot", "save", "half"], half);
        const { stdout, stderr } = await site().ikvswitch(["status"], [0, 4]);
        expect(stderr).toMatch(/Resumed .*leaf1.*, which an interrupted 'snapshot save' left paused\./);
        expect(stdout).not.toContain("frozen");
        await expectKept();
        await expectSameSessions(site(), before);
      },
      TIMEOUT_MS,
    );

    it(
      "can be compressed, include an attached VM, and be restored after a reboot of the host",
      async () => {
        const attachedVms = ["packed", "--machine", `db1=${SOCKET}`];
        const refused = await site().ikvswitch(["snapshot", "save", ...attachedVms], [1]);
        expect(refused.stderr).toMatch(/db1: the VM is not running/);
        let server = await startServer();
        const before = await spineSessions(site());
        const packed = (await site().json(["snapshot", "save", ...attachedVms, "--compress"])) as {
          diskMiB: number;
        };
        const [plain] = await listSnapshots();
        expect(plain?.name).toBe("one");
        expect(packed.diskMiB).toBeLessThan((plain?.diskMiB ?? 0) / 2);
        expect(await files()).toEqual(["one", "packed"]);
        const early = await site().ikvswitch(["snapshot", "restore", ...attachedVms], [1]);
        expect(early.stderr).toMatch(/db1: QEMU reports "running"; start it as before, with -incoming defer/);
        await endServer(server);
        await rebootHost(site());
        server = await startServer("-incoming", "defer");
        await restore(attachedVms, before);
        expect(await listSnapshots()).toContainEqual(
          expect.objectContaining({ name: "packed", attachedVms: ["db1"] }),
        );
        await endServer(server);
        await expectKept();
      },
      TIMEOUT_MS,
    );

    it("is refused, and running switches are not touched, if the configuration or a file differs", async () => {
      const before = await spineSessions(site());
      const refuse = async (...words: readonly string[]) =>
        (await site().ikvswitch(["snapshot", "restore", "one", ...words], [1])).stderr;
      expect(await refuse("--set", "DNS_SERVERS=192.0.2.53")).toMatch(
        /nothing was changed[\s\S]*leaf1: files differ: .*resolv\.conf \(changed\)/,
      );
      expect(await refuse("--set", "SWITCH_MEMORY_MIB=192,leaf1=208")).toMatch(
        /leaf1: VM differs: was size=192M, is size=208M/,
      );
      await site().host.run("rm", [`${SNAPSHOTS}/one/leaf2/state`]);
      expect(await refuse()).toMatch(/leaf2\/state is missing/);
      await expectSameSessions(site(), before);
    });

    it(
      "leaves no switch running if Ctrl-C ends its restore before the switches resume, and can be restored again",
      async () => {
        const { exitCode, stderr } = await signalOnce(
          site(),
          "INT",
          ["snapshot", "restore", "packed"],
          "there /run/ikvswitch/nodes/*/cloning && there /run/ikvswitch/nodes/*/run/qemu.pid",
        );
        expect(exitCode).toBe(INTERRUPTED);
        expect(stderr).toContain("the switches are off; run 'ikvswitch up' to start them");
        const { switches } = (await site().json(["status"], [4])) as { switches: { state: string }[] };
        expect(switches.map(({ state }) => state)).toEqual(names.map(() => "stopped"));
        await restore(["packed"], atSave);
      },
      TIMEOUT_MS,
    );

    it("has all sessions survive in at least one of those restores", () => {
      expect(kept).toHaveLength(3);
      expect(Math.max(...kept)).toBe(fabric.sessions.length);
    });

    it("can be removed while switches run from it", async () => {
      await site().ikvswitch(["snapshot", "rm", "one", "packed"]);
      expect(await files()).toEqual([]);
      await site().host.run("rmdir", [SNAPSHOTS], { exitCodes: [0, 1] });
      await expectKept();
    });
  });
}
