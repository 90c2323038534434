import { expect, it } from "vitest";
import { pollUntil } from "../../../../src/system/poll.ts";
import { expectPorts } from "../planned-ports.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";
import type { UpReport } from "./clones.ts";

const REFUSED = "/run/ikvswitch/load-frr.log";
const TIMEOUT_MS = 10 * 60_000;

/** Tests of switches with changed files, and of restarts by the user, from inside and after a panic. */
export function restartTests(shared: SharedFabric): void {
  const { site } = shared;
  const uptime = async (node: string) =>
    Number((await site().inside(node, "cat", "/proc/uptime")).split(" ")[0]);
  const routing = (node: string) => site().inside(node, "vtysh", "-c", "show running-config");

  sharedSuite("a virtual machine", shared, () => {
    it(
      "applies a changed setting without a reboot, and keeps it over a reboot from inside",
      async () => {
        const changed = ["up", "--set", "SERVER_MAX_PREFIXES=77", "--set", "DNS_SERVERS=192.0.2.53"];
        const first = await uptime("leaf1");
        await site().ikvswitch(changed);
        expect(await routing("leaf1")).toContain("maximum-prefix 77");
        expect(await uptime("leaf1")).toBeGreaterThan(first);
        await rebootFromInside(shared);
        await site().ikvswitch(changed);
        expect(await routing("leaf2")).toContain("maximum-prefix 77");
        // The prefix of NICs' MACs in a warm base.
        expect(await site().inside("leaf2", "ip", "-d", "link")).not.toContain("02:69:6b:76");
        for (const node of shared.fabric.nodes.filter(({ name }) => name === "leaf2")) {
          expectPorts(node, await site().inside("leaf2", "ip", "-j", "link"));
        }
        await site().ikvswitch(["up"]);
        expect(await routing("leaf1")).not.toContain("maximum-prefix 77");
      },
      TIMEOUT_MS,
    );

    it(
      "keeps a saved configuration over a restart, also statements that only vtysh can load, until it is reset",
      async () => {
        const configure = (...lines: readonly string[]) =>
          site().inside("leaf2", "vtysh", ...["configure", ...lines].flatMap((line) => ["-c", line]));
        await configure("debug bgp keepalives", "interface ens4", "description to be kept");
        await site().ikvswitch(["save", "leaf2"]);
        await configure("interface ens4", "description to be lost");
        expect((await site().ikvswitch(["status"])).stdout).toContain("saved");
        await site().ikvswitch(["node", "stop", "leaf2"]);
        const { outcomes } = (await site().json(["up"])) as UpReport;
        expect(outcomes?.leaf2).toBe("cloned");
        const kept = await routing("leaf2");
        expect(kept).toContain("description to be kept\n");
        expect(kept).toContain("debug bgp keepalives\n");
        expect(kept).not.toContain("(none)");
        expect(await site().inside("leaf2", "cat", REFUSED)).toBe(
          "frr.conf has statements that only vtysh can assign to a daemon\n",
        );
        await site().ikvswitch(["save", "--reset", "leaf2"]);
        await site().ikvswitch(["up"]);
        expect(await routing("leaf2")).not.toContain("to be kept");
      },
      TIMEOUT_MS,
    );

    it(
      "that hangs is named when routing does not converge",
      async () => {
        // `up` waits for a session that is down.
        const configure = (statement: string) =>
          site().inside("spine1", "vtysh", "-c", "configure terminal", "-c", "router bgp", "-c", statement);
        await configure("neighbor ens5 shutdown");
        const { leaf1 } = await site().pids();
        const up = site().start(["up", "--timeout", "10"]);
        let stopped: Promise<unknown> | undefined;
        up.watch((text) => {
          if (text.includes("Wait for routing")) {
            stopped ??= site().host.run("kill", ["-STOP", `${leaf1}`]);
          }
        });
        const { exitCode, stderr } = await up.output;
        await stopped;
        await site().host.run("kill", ["-CONT", `${leaf1}`]);
        await configure("no neighbor ens5 shutdown");
        expect(exitCode).toBe(1);
        expect(stderr).toContain("leaf1: no answer");
        expect(stderr).not.toMatch(/(leaf2|spine1|internet): no answer/);
      },
      TIMEOUT_MS,
    );

    it(
      "is restarted after a kernel panic, and no other is",
      async () => {
        const before = await site().pids();
        const crash = "(sleep 2; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 &";
        await site().inside("leaf2", "sh", "-c", crash);
        await pollUntil({ what: "leaf2's panic", timeoutMs: 60_000, intervalMs: 200 }, async () => {
          const { stdout } = await site().host.run("tail", ["-n1", CONSOLE]);
          return stdout.includes("end Kernel panic")
            ? { done: true, value: undefined }
            : { done: false, seen: stdout };
        });
        // The console log is in a file system of its own.
        const { stdout } = await site().host.run("df", ["--output=source", CONSOLE]);
        expect(stdout).toContain("ikvswitch-logs");
        await site().ikvswitch(["up"]);
        const after = await site().pids();
        expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(["leaf2"]);
      },
      TIMEOUT_MS,
    );
  });
}

const CONSOLE = "/run/ikvswitch/logs/leaf2/console.log";

/** Damages leaf2's files and reboots it from inside during an `exec`. Resolves when it is up with its newest files. */
async function rebootFromInside({ site }: SharedFabric): Promise<void> {
  const reboot = ["exec", "leaf2", "--", "sh", "-c", "echo lost >/etc/resolv.conf; reboot; sleep 60"];
  const { stderr } = await site().ikvswitch(reboot, [1]);
  expect(stderr).toContain("the VM restarted or powered off meanwhile");
  await pollUntil({ what: "leaf2's reboot", timeoutMs: TIMEOUT_MS, intervalMs: 500 }, async () => {
    const seen = await site().ikvswitch(["exec", "leaf2", "cat", "/etc/resolv.conf"], [0, 1, 2, 3]);
    return seen.stdout.includes("192.0.2.53")
      ? { done: true, value: undefined }
      : { done: false, seen: seen.stdout + seen.stderr };
  });
}
