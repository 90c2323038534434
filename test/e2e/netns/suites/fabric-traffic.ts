import { expect, it } from "vitest";
import type { Fabric } from "../../../../src/fabric/types.ts";
import { pollUntil } from "../../../../src/system/poll.ts";
import { HOST_ADDRESS, OUTSIDE_ADDRESS } from "../../../integration/namespace.ts";
import { startCapture } from "../../capture.ts";
import { STATE_DIR } from "../../fabric-site.ts";
import { untilNeighborsAreSeen } from "../../lldp-neighbors.ts";
import type { NetnsSite } from "../../netns-site.ts";

/** Tests of the paths and packets of a fabric of namespaces. */
export function trafficTests(site: () => NetnsSite, fabric: Fabric): void {
  async function nextHops(node: string, prefix: string, family = "-4"): Promise<readonly string[]> {
    const routes = JSON.parse(await site().inside(node, "ip", family, "-j", "route", "show", prefix));
    return routes.flatMap((route: { nexthops?: { dev: string }[]; dev?: string }) =>
      (route.nexthops?.map(({ dev }) => dev) ?? [route.dev]).sort(),
    );
  }

  it.each(["loopback", "loopback6"] as const)("reaches every %s from every switch", async (which) => {
    const loopbacks = fabric.nodes.map((node) => node[which]).join(" ");
    const script = `for a in ${loopbacks}; do ping -n -c 1 -W 5 -q -I "$0" $a >/dev/null || echo "$0 to $a"; done`;
    const silent = await Promise.all(
      fabric.nodes.map((node) => site().inside(node.name, "sh", "-c", script, String(node[which]))),
    );
    expect(silent.join("")).toBe("");
  });

  it("reaches every loopback from the host by IPv6, and leaf3 by its IPv6 name", async () => {
    for (const { loopback6 } of fabric.nodes) {
      await site().host.run("ping", ["-n", "-c", "1", "-W", "5", "-q", String(loopback6)]);
    }
    const words = ["ssh", "-6", "-o", "BatchMode=yes", "leaf3", "hostname"];
    expect(await site().inside("spine1", ...words)).toBe("leaf3\n");
  });

  it("has a path over each spine between racks, and one over each leaf's uplink", async () => {
    expect(await nextHops("leaf1", "192.168.98.6")).toEqual(["ens4", "ens5"]);
    expect(await nextHops("internet", "192.168.98.6")).toEqual(["ens5", "ens6"]);
    expect(await nextHops("leaf6", "default")).toEqual(["ens4", "ens5"]);
    expect(await nextHops("leaf1", "fd69:6b76:7377:f::6", "-6")).toEqual(["ens4", "ens5"]);
    expect(await nextHops("leaf6", "default", "-6")).toEqual(["ens4", "ens5"]);
    expect(await nextHops("internet", "default", "-6")).toEqual(["ens4"]);
  });

  it("shows the outside no address but MY_IP", async () => {
    const capture = await startCapture(site().outside, "down0", ["-c", "3", "icmp[icmptype] == icmp-echo"]);
    await site().inside("leaf4", "ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", OUTSIDE_ADDRESS);
    const sources = [...(await capture.text).matchAll(/IP (\S+) > /g)].map((match) => match[1]);
    expect(sources).toEqual([HOST_ADDRESS, HOST_ADDRESS, HOST_ADDRESS]);
  });

  it.each(["192.168.105.77", "fd69:6b76:7377:99::77"])(
    "answers for %s, which is unused, without a routing loop",
    async (nobody) => {
      const capture = await startCapture(site().host, "ikhb", [`dst host ${nobody}`]);
      const words = ["-n", "-c", "3", "-i", "0.2", "-W", "2", nobody];
      const answer = await site().host.run("ping", words, { exitCodes: [1] });
      expect(answer.stdout).toMatch(/unreachable/i);
      const requests = () => capture.seen().split("echo request").length - 1;
      await pollUntil({ what: "three requests", timeoutMs: 5_000, intervalMs: 20 }, async () =>
        requests() < 3 ? { done: false, seen: capture.seen() } : { done: true, value: undefined },
      );
      capture.stop();
      await capture.text;
      expect(requests()).toBe(3);
    },
  );

  it("accepts ssh logins by key only, with the host key checked, by name and by address", async () => {
    expect((await site().ikvswitch(["ssh", "leaf3", "hostname"])).stdout).toBe("leaf3\n");
    const checked = ["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"];
    const folder = `${STATE_DIR}/ssh`;
    const options = ["-i", `${folder}/id_ed25519`, "-o", `UserKnownHostsFile=${folder}/known_hosts`];
    const { stdout } = await site().host.run("ssh", [
      ...options,
      ...checked,
      "root@192.168.98.6",
      "cat",
      "/etc/hostname",
    ]);
    expect(stdout).toBe("leaf3\n");
    const refused = await site().host.run(
      "ssh",
      [...options.slice(2), ...checked, "-o", "IdentityFile=none", "root@192.168.98.6", "true"],
      { exitCodes: [255] },
    );
    expect(refused.stderr).toContain("Permission denied (publickey)");
    expect(await site().inside("spine1", "ssh", "-o", "BatchMode=yes", "leaf3", "hostname")).toBe("leaf3\n");
  });

  it("has every switch see its planned neighbors by LLDP", () => untilNeighborsAreSeen(site(), fabric));

  it("sends packets with complete checksums to servers at taps", async () => {
    const server = await site().plugIntoTap("ikvm1-3-1", "198.51.100.9/24");
    const capture = await startCapture(server, "eth0", ["-vv", "-c", "1", "udp port 9999"]);
    // The kernel may leave out checksums of frames that stay on one host; the far end of a link would drop these.
    const { vlans } = (await site().json(["status"])) as { readonly vlans: boolean };
    const device = vlans ? dhcpBridge(fabric, "leaf1") : "ens6";
    const send = `echo hello >/dev/udp/ff02::1%${device}/9999`;
    await pollUntil({ what: "the packet", timeoutMs: 10_000, intervalMs: 50 }, async () => {
      await site().inside("leaf1", "bash", "-c", send);
      return capture.seen().includes(".9999:")
        ? { done: true, value: undefined }
        : { done: false, seen: capture.seen() };
    });
    expect(await capture.text).toContain("[udp sum ok]");
  });
}

function dhcpBridge(fabric: Fabric, name: string): string {
  const node = fabric.nodes.find((candidate) => candidate.name === name);
  return node?.role === "leaf" ? (node.dhcp?.bridge ?? "") : "";
}
