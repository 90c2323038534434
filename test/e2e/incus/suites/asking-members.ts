import { describe, expect, it } from "vitest";
import type { Finding } from "../../../../src/host/findings/finding.ts";
import type { HostsReport } from "../../../../src/hosts/host-report.ts";
import type { NetStatus } from "../../../../src/lab/net.ts";
import type { PositionReport } from "../../../../src/ports/report.ts";
import { patiently } from "../../../patience.ts";
import type { MemberSite } from "../member-site.ts";

/** hosts ls, net, plug, ports and doctor, with all switches up. */
export function askingMembers(running: () => MemberSite): void {
  describe("commands that ask the members", () => {
    const failure = async (words: readonly string[], exitCode: number) =>
      (await running().site.ikvswitch(words, [exitCode])).stderr;
    const list = async (words: readonly string[] = [], exitCode = 0) =>
      (await running().site.json([...words, "hosts", "ls"], [exitCode])) as HostsReport;
    const memberOf = ({ members }: HostsReport, name: string) =>
      members.find((member) => member.name === name);

    it("list their state, what they have, and what they hold", async () => {
      const report = await list();
      expect(report.differences).toEqual([]);
      expect(report.members).toMatchObject([
        { name: "m1", state: "online", racks: [1], running: ["internet", "leaf1", "leaf2", "spine1"] },
        { name: "m2", state: "online", racks: [2], running: ["leaf3", "leaf4", "spine2"] },
        { name: "m3", state: "online", racks: [3], running: ["leaf5", "leaf6"], servers: [] },
      ]);
      for (const { room, reserved } of report.members) {
        expect(room?.processors).toBeGreaterThan(0);
        expect(room?.memoryMiB).toBeGreaterThan(room?.availableMiB ?? 0);
        expect(room?.disk.sizeMiB).toBeGreaterThan(0);
        expect(reserved?.memoryMiB).toBeGreaterThan(0);
      }
      expect((await running().site.ikvswitch(["hosts", "ls"])).stdout).toMatch(
        /^m3 +online +1 .* 3 +leaf5 leaf6$/m,
      );
    });

    it("list what differs from the plan, with exit code 4", async () => {
      const other = await list(["--set", `HOSTS=${running().hosts.replace("m3", "m9")}`], 4);
      expect(memberOf(other, "m9")).toMatchObject({ state: "not in the cluster", running: [] });
      expect(other.differences).toContain("leaf5 is on m3, planned on m9");
      await running().site.ikvswitch(["node", "stop", "leaf4"]);
      expect((await list([], 4)).differences).toEqual(["leaf4 on m2 is stopped"]);
      await running().site.ikvswitch(["node", "start", "leaf4"]);
      expect((await list()).differences).toEqual([]);
    });

    it("compare and mend the network of each member", async () => {
      // The cluster has made new ports of leaf4.
      expect(await running().site.json(["net", "status"])).toMatchObject({ present: true, drift: [] });
      const { stdout } = await running().cluster.inside("m2", "cd /sys/class/net && ls -d ikx*v");
      const device = stdout.split("\n")[0] ?? "";
      await running().cluster.inside("m2", `ip link del ${device}`);
      const { drift } = (await running().site.json(["net", "status"], [4])) as NetStatus;
      expect(new Set(drift.map(({ member }) => member))).toEqual(new Set(["m2"]));
      expect(drift).toContainEqual(
        expect.objectContaining({ item: `device ${device}`, observed: "missing" }),
      );
      const script = (await running().site.ikvswitch(["net", "start", "--dry-run"])).stdout;
      expect(script).toMatch(new RegExp(`# On m1:\n\n# Nothing to do.\n\n# On m2:\n[^]*${device}`));
      const preview = (await running().site.json(["up", "--diff"], [4])) as { readonly network: string };
      expect(preview.network).toMatch(
        /^m1: already as planned; m2: 1 device created.*; m3: already as planned$/,
      );
      expect((await running().site.ikvswitch(["net", "start"])).stdout).toMatch(
        /^Network of m1: already as planned\.\nNetwork of m2: 1 device created/,
      );
      expect(await running().site.json(["net", "status"])).toMatchObject({ drift: [] });
    });

    it("show a server that is attached on a member", async () => {
      const { stdout, stderr } = await running().site.ikvswitch(["plug", "2", "3", "--format", "netns"]);
      expect(stderr).toContain("Attach it on m2 (ssh root@198.18.0.12), as root");
      await running().cluster.inside("m2", `set -e\n${stdout}`);
      // A tap is root's there, who holds another one open.
      const hold = `open F, "+<", "/dev/net/tun"; $r = pack("a16 s x22", "ikvm2-4-1", 0x1002); ioctl F, 0x400454ca, $r or die; sleep 99`;
      const held = await running().cluster.inside(
        "m2",
        `perl -e '$| = 1; ${hold}' </dev/null >/dev/null 2>&1 & echo $!`,
      );
      const { positions } = (await running().site.json(["ports"])) as {
        readonly positions: readonly PositionReport[];
      };
      const occupied = positions.filter(({ state }) => state === "occupied");
      expect(occupied).toMatchObject([
        { rack: 2, position: 3, member: "m2", nics: [{ by: ["plug2-3-1"] }, { by: ["plug2-3-2"] }] },
        {
          rack: 2,
          position: 4,
          member: "m2",
          nics: [{ by: [`perl (pid ${held.stdout.trim()})`] }, { by: [] }],
        },
      ]);
      expect(occupied[0]?.nics.map(({ carrier, unknown }) => [carrier, unknown])).toEqual([
        [true, null],
        [true, null],
      ]);
      expect((await running().site.ikvswitch(["ports"])).stdout).toMatch(/^m3 +3 {2}U3 +free$/m);
      expect(memberOf(await list(), "m2")?.servers).toEqual([
        { rack: 2, position: 3 },
        { rack: 2, position: 4 },
      ]);
      await running().cluster.inside("m2", `kill ${held.stdout.trim()}; ip netns del server2-3`);
      expect(await failure(["plug", "2", "3", "--format", "qemu-socket"], 2)).toMatch(/rack 2 is on m2/);
      expect(await failure(["plug", "segment"], 2)).toMatch(/the switches are on m1, m2, m3/);
    });

    it("examine what the members have", async () => {
      const { findings } = (await running().site.json(["doctor"], [0, 3])) as {
        readonly findings: readonly Finding[];
      };
      const of = (name: string) => findings.filter((finding) => finding.name.startsWith(`${name}: `));
      for (const member of ["m1", "m2", "m3"]) {
        expect(of(member).filter(({ status }) => status === "missing")).toEqual([]);
        expect(of(member).map(({ name }) => name)).toEqual(
          expect.arrayContaining(
            ["cluster", "ssh", "ip", "tc", "/dev/net/tun", "VXLAN driver", "tc u32 and mirred"].map(
              (name) => `${member}: ${name}`,
            ),
          ),
        );
      }
    });

    it("do not wait for a member that is cut off", async () => {
      await running().site.host.run("ip", ["link", "set", "ikvm3", "down"]);
      const report = await list([], 4);
      expect(memberOf(report, "m3")).toMatchObject({ room: null, servers: null });
      expect(memberOf(report, "m3")?.state).toMatch(/^(no ssh|offline)$/);
      expect(memberOf(report, "m2")?.room).not.toBeNull();
      // The cluster notices it by missing heartbeats, and answers about instances again.
      await expect
        .poll(async () => memberOf(await list([], 4), "m3")?.state, {
          timeout: patiently(60_000),
          interval: 1_000,
        })
        .toBe("offline");
      expect((await list([], 4)).differences).toEqual([expect.stringMatching(/^m3: offline: /)]);
      expect((await running().site.json(["net", "status"], [4])) as NetStatus).toMatchObject({
        drift: [{ member: "m3", item: "the member", expected: "an answer" }],
      });
      const { positions } = (await running().site.json(["ports"])) as {
        readonly positions: readonly PositionReport[];
      };
      expect(positions.find(({ member }) => member === "m3")?.state).toBe("unknown");
      await running().site.host.run("ip", ["link", "set", "ikvm3", "up"]);
      await expect
        .poll(() => list([], 0).catch(() => null), { timeout: patiently(120_000), interval: 2_000 })
        .not.toBeNull();
      await running().site.ikvswitch(["up"]);
    });
  });
}
