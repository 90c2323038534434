import { describe, expect, it } from "vitest";
import { planServers } from "../../../../src/servers/plan.ts";
import type { MemberSite } from "../member-site.ts";
import { attachServer, pingServer, removeServer } from "../servers.ts";

interface CheckReport {
  readonly items: readonly {
    readonly kind: string;
    readonly subject: string;
    readonly observed: string;
    readonly ok: boolean | null;
  }[];
  readonly faults: readonly string[];
}

const differencesIn = ({ items }: CheckReport) =>
  items
    .filter(({ ok }) => ok === false)
    .map(({ kind, subject, observed }) => `${kind} ${subject}: ${observed}`);

/** check, link, capture and top about links between members, with all switches up, and servers on two members. */
export function linksBetweenMembers(running: () => MemberSite): void {
  describe("a fabric with links between members", () => {
    it("check finds everything as planned, each link between members by LLDP and a packet of full size", async () => {
      const { site, fabric } = running();
      const report = (await site.json(["check", "--wait", "60s"])) as CheckReport;
      expect(differencesIn(report)).toEqual([]);
      const of = (kind: string) => report.items.filter((item) => item.kind === kind);
      expect(of("link")).toHaveLength(fabric.links.length);
      expect(of("host").map(({ subject }) => subject)).toEqual(
        ["m1", "m2", "m3"].map((member) => `${member}: host network`),
      );
      const proven = (kind: string) => of(kind).filter(({ ok }) => ok === true);
      expect(proven("lldp")).toHaveLength(2 * fabric.sessions.length);
      expect(proven("mtu").length).toBeGreaterThanOrEqual(2 * fabric.sessions.length);
    });

    it("check names the member of a device that is missing, and up makes it again", async () => {
      const { stdout } = await running().cluster.inside("m3", "ip -br link show type vxlan | head -n 1");
      const tunnel = stdout.split(/[ @]/)[0] ?? "";
      expect(tunnel).toMatch(/^ikx\d+v$/);
      await running().cluster.inside("m3", `ip link del ${tunnel}`);
      const report = (await running().site.json(["check"], [4])) as CheckReport;
      expect(differencesIn(report)).toContainEqual(expect.stringMatching(`m3 ${tunnel}: missing`));
      await running().site.ikvswitch(["up"]);
      expect(differencesIn((await running().site.json(["check", "--wait", "60s"])) as CheckReport)).toEqual(
        [],
      );
    });

    it("a link between members can be taken down, is told of by check and status, and comes up again", async () => {
      expect(await running().site.json(["link", "down", "spine1", "leaf5"])).toMatchObject({ state: "down" });
      const faults = [expect.stringMatching(/^fault: spine1 ens\d+ – leaf5 ens\d+ is down/)];
      expect(await running().site.json(["status"], [4])).toMatchObject({ faults });
      const report = (await running().site.json(["check"], [4])) as CheckReport;
      expect(report.faults).toEqual(faults);
      expect(await running().site.json(["link", "up", "spine1", "leaf5"])).toMatchObject({ state: "up" });
      expect(differencesIn((await running().site.json(["check", "--wait", "60s"])) as CheckReport)).toEqual(
        [],
      );
    });

    it("a link's frames can be captured and counted on its member", async () => {
      const { stdout } = await running().site.ikvswitch([
        "capture",
        "leaf6",
        "ens4",
        "--count",
        "3",
        "--",
        "udp",
        "port",
        "3784",
      ]);
      expect(stdout.trim().split("\n")).toHaveLength(3);
      await running().site.ikvswitch(["capture", "leaf6", "ens4", "-w", "/run/frames", "--seconds", "3"]);
      expect((await running().site.host.run("tcpdump", ["-n", "-r", "/run/frames"])).stdout).toMatch(/BFD/);
      const { links } = (await running().site.json(["top", "--once"])) as {
        readonly links: readonly { readonly name: string; readonly there: { readonly packets: number } }[];
      };
      const cut = links.find(({ name }) => /spine1 .*leaf5/.test(name));
      expect(cut?.there.packets).toBeGreaterThan(0);
      const left = await running().cluster.inside("m3", "pgrep -a tcpdump || true");
      expect(left.stdout).toBe("");
    });

    it("servers on two members reach each other with packets of the fabric's MTU", async () => {
      const [one, other] = planServers(running().fabric, () => true);
      await attachServer(running().site, running().cluster, "m1", one);
      await attachServer(running().site, running().cluster, "m2", other);
      await pingServer(running().cluster, "m1", [one, other], 8972);
      await pingServer(running().cluster, "m2", [other, one], 8972);
      expect(await running().site.json(["check"])).toMatchObject({ asPlanned: true });
      await removeServer(running().cluster, "m1", one);
      await removeServer(running().cluster, "m2", other);
    });
  });
}
