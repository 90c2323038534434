import { describe, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { patiently } from "../patience.ts";
import { captureState } from "./host-state.ts";
import { ikvswitch, ikvswitchArguments } from "./namespace.ts";
import { size } from "./size.ts";
import { useTestSite } from "./test-site.ts";

const test = await useTestSite();

describe("a start that fails", () => {
  /** Returns a search path whose first folder has a failing version of this program. */
  async function withFailing(program: string): Promise<Readonly<Record<string, string>>> {
    await test.host.shell(`ln -sf /bin/false /run/programs/${program}`);
    return { PATH: `/run/programs:${process.env.PATH}` };
  }

  it.each(["iptables-restore", "ip6tables-restore", "tee"])(
    "by %s undoes all that it did",
    async (program) => {
      const env = await withFailing(program);
      const before = await captureState(test.host);
      const { stderr } = await ikvswitch(test.host, ["start"], { env, exitCodes: [1] });
      expect(stderr).toContain(program);
      expect(await captureState(test.host)).toEqual(before);
    },
  );

  it("because it can't write to the state directory changes nothing", async () => {
    await test.host.shell("echo > /run/file");
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start", "--set", "STATE_DIR=/run/file/state"], { exitCodes: [1, 3] });
    expect(await captureState(test.host)).toEqual(before);
  });

  it("because folders are full or read-only reports that, and changes nothing", async () => {
    await test.host.shell(`
      for folder in /var/lib/ikvswitch /run/NetworkManager; do
        mkdir $folder
        mount -t tmpfs -o size=64k tmpfs $folder
        head -c 64k /dev/zero >$folder/fill
      done`);
    const before = await captureState(test.host);
    const full = await ikvswitch(test.host, ["start"], { exitCodes: [3] });
    expect(full.stderr).toContain(
      "/var/lib/ikvswitch (on tmpfs, mounted on /var/lib/ikvswitch) is full: 0 MiB",
    );
    expect(full.stderr).toContain(
      "/run/NetworkManager (on tmpfs, mounted on /run/NetworkManager) is full: 0 MiB",
    );
    expect(await captureState(test.host)).toEqual(before);
    await test.host.shell(`
      rm /var/lib/ikvswitch/fill
      mount -o remount,ro,size=1g /var/lib/ikvswitch
      umount /run/NetworkManager`);
    const empty = await captureState(test.host);
    const readOnly = await ikvswitch(test.host, ["start"], { exitCodes: [3] });
    expect(readOnly.stderr).toMatch(/cannot write to \/var\/lib\/ikvswitch .*: EROFS/);
    expect(await captureState(test.host)).toEqual(empty);
    // A start that has its record writes nothing more, so it needs no space.
    await test.host.shell("mount -o remount,rw /var/lib/ikvswitch");
    await ikvswitch(test.host, ["start"]);
    await test.host.shell("mount -o remount,ro /var/lib/ikvswitch; ip link del ikib1");
    expect((await ikvswitch(test.host, ["start"])).stdout).toContain("created");
  });

  /** Returns a search path with a version of this program that first changes the network, on its first run only. */
  async function withMeddling(program: string, meddling: string): Promise<Readonly<Record<string, string>>> {
    await test.host.shell("cat > /run/programs/meddler; chmod +x /run/programs/meddler", {
      input: `#!/bin/sh\n[ -e /run/meddled ] || { touch /run/meddled; ${meddling}; }\nexec $(which -a ${program} | tail -n 1) "$@"\n`,
    });
    await test.host.run("ln", ["-s", "meddler", `/run/programs/${program}`]);
    return { PATH: `/run/programs:${process.env.PATH}` };
  }

  it("is retried and succeeds if a device that it has just created vanishes", async () => {
    const env = await withMeddling("tee", "ip link del ikvm1-3-1");
    await ikvswitch(test.host, ["start"], { env });
    expect(await test.status(0)).toContain(`as planned: ${size.interfaces} network interfaces`);
  });

  it("because a foreign route appears meanwhile names that route, and undoes everything", async () => {
    const env = await withMeddling("tee", "ip route add 192.168.96.0/19 via 203.0.113.1");
    const before = await captureState(test.host);
    const { stderr } = await ikvswitch(test.host, ["start"], { env, exitCodes: [3] });
    expect(stderr).toContain("route 192.168.96.0/19 via 203.0.113.1 dev up0");
    await test.host.shell("rm /run/meddled; ip route del 192.168.96.0/19");
    expect(await captureState(test.host)).toEqual(before);
  });

  it("during a repair keeps all that was there before", async () => {
    await test.startAndSettle();
    await test.host.shell("ip link del ikvm1-3-1; iptables -t nat -F POSTROUTING");
    const env = await withFailing("iptables-restore");
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start"], { env, exitCodes: [1] });
    expect(await captureState(test.host)).toEqual(before);
  });

  it("because it was interrupted also undoes its changes", async () => {
    const before = await captureState(test.host);
    const start = test.host.start(process.execPath, ikvswitchArguments(["start"]));
    await pollUntil({ what: "the first device", timeoutMs: patiently(20_000), intervalMs: 1 }, async () => {
      const { stdout: seen } = await test.host.run("ls", ["/sys/class/net"]);
      return seen.includes("ikhb") ? { done: true, value: null } : { done: false, seen };
    });
    start.kill("SIGINT");
    const { exitCode } = await start.output;
    // It may have finished before the signal, with exit code 0.
    expect([0, 130]).toContain(exitCode);
    if (exitCode === 0) {
      await ikvswitch(test.host, ["stop"]);
    }
    expect(await captureState(test.host)).toEqual(before);
  });
});

describe("the record of the host's former state", () => {
  const path = "/var/lib/ikvswitch/host-before.json";

  it("is not overwritten by a second start, when the settings are ikvswitch's own", async () => {
    await ikvswitch(test.host, ["start"]);
    const record = await test.content(path);
    expect(JSON.parse(record).sysctls.ip_forward).toBe("0");
    await test.host.shell("sysctl -qw net.ipv4.ip_forward=0; iptables -t nat -F POSTROUTING");
    await ikvswitch(test.host, ["start"]);
    expect(await test.content(path)).toBe(record);
  });

  it("is ignored if it is from before a reboot", async () => {
    const record = { version: 1, bootId: "another", sysctls: { ip_forward: "1" }, firewall: null };
    await test.host.shell(`mkdir -p /var/lib/ikvswitch; cat > ${path}`, { input: JSON.stringify(record) });
    await ikvswitch(test.host, ["start"]);
    await ikvswitch(test.host, ["stop"]);
    expect(await test.content("/proc/sys/net/ipv4/ip_forward")).toBe("0");
  });

  it("makes a start fail before any change if it is damaged", async () => {
    await test.host.shell(`mkdir -p /var/lib/ikvswitch; echo '{"version": 1, "boo' > ${path}`);
    const before = await captureState(test.host);
    const { stderr } = await ikvswitch(test.host, ["start"], { exitCodes: [3] });
    expect(stderr).toContain(`${path} is damaged`);
    expect(await captureState(test.host)).toEqual(before);
  });

  it("keeps forwarding enabled if the host had it enabled", async () => {
    await test.host.shell("sysctl -qw net.ipv4.ip_forward=1");
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start"]);
    await ikvswitch(test.host, ["stop"]);
    expect(await captureState(test.host)).toEqual(before);
  });
});
