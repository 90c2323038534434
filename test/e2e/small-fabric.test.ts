import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { captureState, type HostState } from "../integration/host-state.ts";
import { buildImage, createFabricSite, type FabricSite } from "./fabric-site.ts";
import { expectPlannedPorts } from "./planned-ports.ts";
import { SHOW_WORDS, SHOWN_WORDS } from "./words.ts";

//   host ── internet ── spine1 ── leaf1, leaf2 ── 46 server ports each
//
// The smallest fabric, with the largest rack: more ports than a PCI bus has slots. Its switches boot.

const SETS = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=48", "BOOT=cold"];
const fabric = planFabric(readConfig(SETS.join("\n"), null).config);
const UP_TIMEOUT_MS = 10 * 60_000;

let site: FabricSite;
let before: HostState;

beforeAll(async () => {
  await buildImage();
  site = await createFabricSite(SETS);
  before = await captureState(site.host);
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

/** Pids of this test's emulators: those that have a pid file below its /run, which is its own. */
async function emulators(): Promise<readonly string[]> {
  const { stdout } = await site.host.run("sh", ["-c", "cat /run/ikvswitch/nodes/*/run/qemu.pid || true"]);
  return stdout.split("\n").filter((line) => line !== "");
}

describe("a fabric of one rack with 48 positions", () => {
  it(
    "leaves nothing when `up` is killed half-way and then taken down",
    async () => {
      await killUpHalfWay();
      await site.ikvswitch(["down"]);
      expect(await captureState(site.host)).toEqual(before);
      expect((await site.host.run("ls", ["-A", "/run"])).stdout).not.toContain("ikvswitch");
    },
    UP_TIMEOUT_MS,
  );

  it(
    "is completed by a second `up` when the first is killed half-way, with what it had started",
    async () => {
      const [started] = await killUpHalfWay();
      await site.ikvswitch(["up"]);
      const pids = await emulators();
      expect(pids).toHaveLength(fabric.nodes.length);
      expect(pids).toContain(started);
    },
    UP_TIMEOUT_MS,
  );

  it("has every port of every switch under its planned name, MAC and MTU", () =>
    expectPlannedPorts(site, fabric));

  it("looks for VLANs to announce once an hour, not ten times a second on each port", async () => {
    const times = "/sys/module/garp/parameters/*_time /sys/module/mrp/parameters/*_time";
    const seen = await site.inside("leaf1", "sh", "-c", `cat ${times}`);
    expect(seen).toBe("3600000\n".repeat(3));
  });

  it("runs programs in a switch with their output, exit code and signal", async () => {
    const words = ["exec", "leaf1", "sh", "-c"];
    const failed = await site.ikvswitch([...words, "echo out; echo err >&2; exit 3"], [3]);
    expect(failed).toMatchObject({ exitCode: 3, stdout: "out\n" });
    expect(failed.stderr).toContain("err\n");
    await site.ikvswitch([...words, "kill -9 $$"], [137]);
    await site.ikvswitch(["exec", "leaf1", "no-such-program"], [127]);
  });

  it.each(["exec", "ssh"])("passes on words as they are by `%s`", async (command) => {
    const { stdout } = await site.ikvswitch([command, "leaf1", ...SHOW_WORDS]);
    expect(stdout).toBe(SHOWN_WORDS);
  });

  it("answers several who talk to one switch at once, each with its own", async () => {
    const words = ["one", "two", "three", "four"];
    const outputs = await Promise.all(words.map((word) => site.inside("spine1", "echo", word)));
    expect(outputs.map((output) => output.trim())).toEqual(words);
  });

  it("starts the guest agent again when it ends", async () => {
    const agent = async () => (await site.inside("spine1", "pidof", "qemu-ga")).trim();
    const before = await agent();
    const { stderr } = await site.ikvswitch(["exec", "spine1", "kill", "-9", before], [1]);
    expect(stderr).toContain("the machine restarted or ended meanwhile");
    expect(await agent()).toMatch(/^\d+$/);
    expect(await agent()).not.toBe(before);
  });

  it("carries large files both ways unchanged", async () => {
    await site.host.shell("head -c 1000001 /dev/urandom >/run/large");
    await site.ikvswitch(["cp", "/run/large", "leaf2:/root/large"]);
    await site.ikvswitch(["cp", "leaf2:/root/large", "/run/returned"]);
    await site.host.run("cmp", ["/run/large", "/run/returned"]);
    await site.host.run("rm", ["/run/large", "/run/returned"]);
  });

  it(
    "comes up with its newest files when a switch is rebooted from inside, and exec says that it restarted",
    async () => {
      await site.ikvswitch(["up", "--set", "DNS_SERVERS=192.0.2.53"]);
      const reboot = ["exec", "leaf2", "--", "sh", "-c", "echo lost >/etc/resolv.conf; reboot; sleep 60"];
      const { stderr } = await site.ikvswitch(reboot, [1]);
      expect(stderr).toContain("the machine restarted or ended meanwhile");
      await pollUntil({ what: "leaf2's reboot", timeoutMs: 240_000, intervalMs: 500 }, async () => {
        const seen = await site.ikvswitch(["exec", "leaf2", "cat", "/etc/resolv.conf"], [0, 1, 2, 3]);
        return seen.stdout.includes("192.0.2.53")
          ? { done: true, value: undefined }
          : { done: false, seen: seen.stdout + seen.stderr };
      });
    },
    UP_TIMEOUT_MS,
  );

  it(
    "says which switch hangs when routing does not converge",
    async () => {
      // A session that is down keeps `up` waiting.
      const configure = (statement: string) =>
        site.inside("spine1", "vtysh", "-c", "configure terminal", "-c", "router bgp", "-c", statement);
      await configure("neighbor ens5 shutdown");
      const { stdout: pid } = await site.host.run("cat", ["/run/ikvswitch/nodes/leaf1/run/qemu.pid"]);
      const up = site.start(["up", "--set", "DNS_SERVERS=192.0.2.53", "--timeout", "10"]);
      let stopped: Promise<unknown> | undefined;
      up.watch((text) => {
        if (text.includes("Wait for routing")) {
          stopped ??= site.host.run("kill", ["-STOP", pid.trim()]);
        }
      });
      const { exitCode, stderr } = await up.output;
      await stopped;
      await site.host.run("kill", ["-CONT", pid.trim()]);
      await configure("no neighbor ens5 shutdown");
      expect(exitCode).toBe(1);
      expect(stderr).toContain("leaf1: nothing inside answers");
      expect(stderr).not.toMatch(/(leaf2|spine1|internet): nothing/);
    },
    UP_TIMEOUT_MS,
  );

  it(
    "starts a switch anew whose kernel has panicked, and no other",
    async () => {
      const before = await emulators();
      const crash = "(sleep 0.2; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 &";
      await site.inside("leaf2", "sh", "-c", crash);
      await pollUntil({ what: "leaf2's panic", timeoutMs: 60_000, intervalMs: 200 }, async () => {
        const { stdout } = await site.host.run("tail", ["-n1", "/run/ikvswitch/nodes/leaf2/run/console.log"]);
        return stdout.includes("end Kernel panic")
          ? { done: true, value: undefined }
          : { done: false, seen: stdout };
      });
      await site.ikvswitch(["up", "--set", "DNS_SERVERS=192.0.2.53"]);
      const after = await emulators();
      expect(after.filter((pid) => !before.includes(pid))).toHaveLength(1);
    },
    UP_TIMEOUT_MS,
  );
});

/** Kill `up` as soon as one emulator runs. @returns the pids of those that do. */
async function killUpHalfWay(): Promise<readonly string[]> {
  const up = site.start(["up"]);
  const pids = await pollUntil(
    { what: "the first emulator", timeoutMs: 60_000, intervalMs: 50 },
    async () => {
      const found = await emulators();
      return found.length > 0 ? { done: true, value: found } : { done: false, seen: "none yet" };
    },
  );
  up.kill("SIGKILL");
  await up.output;
  return pids;
}
