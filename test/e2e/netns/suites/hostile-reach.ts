import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OUTSIDE_ADDRESS } from "../../../integration/namespace.ts";
import type { NetnsSite } from "../../netns-site.ts";
import { type AttackServer, exitCode } from "../hostile-servers.ts";

/** Tests what a hostile server reaches in the host and by way of it. */
export function reachTests(site: () => NetnsSite, hostile: () => AttackServer): void {
  describe("the reach of a hostile server into the host", () => {
    beforeAll(async () => {
      await site().host.shell(`
        ip link add cont0 type bridge
        ip address add 172.31.0.1/24 dev cont0
        ip link set cont0 up
        ip netns add container
        ip link add cont1 type veth peer name eth0 netns container
        ip link set cont1 master cont0 up
        ip -n container address add 172.31.0.2/24 dev eth0
        ip -n container link set eth0 up
        ip -n container route add default via 172.31.0.1
        for port in 5980 8080; do
          setsid python3 -m http.server -b 0.0.0.0 $port >/dev/null 2>&1 &
          echo $! >>/run/listeners
        done
        until ss -Hlnt | grep -q :8080 && ss -Hlnt | grep -q :5980; do sleep 0.1; done`);
    });

    afterAll(async () => {
      await site().host.shell("kill $(cat /run/listeners); ip link del cont0; ip netns del container");
    });

    const opens = async (server: AttackServer, port: number) =>
      (await exitCode(server, `timeout 2 bash -c '</dev/tcp/192.168.96.1/${port}'`)) === 0;
    const pings = async (address: string) =>
      (await exitCode(hostile(), `ping -n -c 2 -i 0.2 -W 1 ${address}`)) === 0;
    const reach = async () => ({
      host: await opens(hostile(), 8080),
      vnc: await opens(hostile(), 5980),
      bmc: await pings("192.168.200.1"),
      // The host's own address in that network; the next is a container to which the host forwards.
      containers: await pings("172.31.0.1"),
      container: await pings("172.31.0.2"),
      lan: await pings("203.0.113.1"),
      outside: await pings(OUTSIDE_ADDRESS),
    });

    it.each([
      ["all", { host: true, containers: true, container: true, lan: true, outside: true }],
      ["outside", { host: false, containers: false, container: false, lan: false, outside: true }],
      ["fabric", { host: false, containers: false, container: false, lan: false, outside: false }],
    ])("follows SERVERS_REACH=%s, and never includes BMCs and VNC", async (value, expected) => {
      await site().ikvswitch(["net", "start", "--set", `SERVERS_REACH=${value}`]);
      expect(await reach()).toEqual({ ...expected, vnc: false, bmc: false });
      // With any value, the host reaches servers, and switches reach everything.
      await site().host.run("ping", ["-n", "-c", "1", "-w", "5", String(hostile().plan.address)]);
      await site().inside("leaf1", "ping", "-n", "-c", "1", "-w", "5", OUTSIDE_ADDRESS);
    });

    it("includes BMCs and VNC with SERVERS_REACH_MANAGEMENT=yes", async () => {
      await site().ikvswitch(["net", "start", "--set", "SERVERS_REACH_MANAGEMENT=yes"]);
      expect(await reach()).toMatchObject({ vnc: true, bmc: true });
      await site().ikvswitch(["net", "start"]);
    });
  });
}
