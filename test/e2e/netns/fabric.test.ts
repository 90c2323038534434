import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config/read.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { HOST_ADDRESS, OUTSIDE_ADDRESS, projectPath } from "../../integration/namespace.ts";
import { startCapture } from "../capture.ts";
import { openToAll, STATE_DIR } from "../fabric-site.ts";
import { untilNeighborsAreSeen } from "../lldp-neighbors.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";

//   outside ── host ── internet ── spine1, spine2 ── leaf1 … leaf6
//
// One fabric of nine namespaces serves all of these tests in this order: those that break things come last.

const fabric = planFabric(readConfig("", null).config);
/** Limit for a busy machine; an idle one takes three seconds. */
const UP_TIMEOUT_MS = 120_000;

let site: NetnsSite;
let before: HostState;
let table: string;

beforeAll(async () => {
  site = await createNetnsSite();
  // Pretend that the host runs its own FRR.
  await site.host.shell(`mkdir /run/frr && echo "not a switch's" >/run/frr/zserv.api`);
  before = await captureState(site.host);
  table = (await site.ikvswitch(["up"])).stdout;
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

interface SwitchStatus {
  readonly name: string;
  readonly state: string;
  readonly sessions: { readonly up: number | null; readonly planned: number };
  readonly reachable: boolean;
  readonly vnc: string | null;
  readonly saved: readonly string[];
}

async function status(): Promise<readonly SwitchStatus[]> {
  const answer = (await site.json(["status"], [0, 4])) as { readonly switches: readonly SwitchStatus[] };
  return answer.switches;
}

async function nextHops(node: string, prefix: string): Promise<readonly string[]> {
  const routes = JSON.parse(await site.inside(node, "ip", "-j", "route", "show", prefix));
  return routes.flatMap((route: { nexthops?: { dev: string }[]; dev?: string }) =>
    (route.nexthops?.map(({ dev }) => dev) ?? [route.dev]).sort(),
  );
}

/** Waits until the changed fabric is as planned again. */
async function untilConverged(): Promise<void> {
  await pollUntil({ what: "convergence", timeoutMs: 60_000, intervalMs: 200 }, async () => {
    const { exitCode, stdout } = await site.ikvswitch(["status"], [0, 4]);
    return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: stdout };
  });
}

describe("a fabric of nine namespaces", () => {
  it("is up when `up` returns: nine switches and all sessions", async () => {
    for (const node of fabric.nodes) {
      expect(table).toMatch(new RegExp(`${node.name} +${node.loopback} .*running`));
    }
    const switches = await status();
    expect(switches.every(({ state, reachable }) => state === "running" && reachable)).toBe(true);
    expect(switches.map(({ sessions }) => sessions.up)).toEqual([2, 7, 7, 2, 2, 2, 2, 2, 2]);
  });

  it("has no file that any user may write to", async () => {
    expect(await openToAll(site)).toBe("");
  });

  it("shows the host's network as planned, the switches' ends included", async () => {
    const { stdout } = await site.ikvswitch(["net", "status"]);
    expect(stdout).toContain("as planned: 187 network interfaces, 94 bridges");
  });

  it("reaches every loopback from every switch", async () => {
    const loopbacks = fabric.nodes.map(({ loopback }) => loopback).join(" ");
    const script = `for a in ${loopbacks}; do ping -n -c 1 -W 5 -q -I "$0" $a >/dev/null || echo "$0 to $a"; done`;
    const silent = await Promise.all(
      fabric.nodes.map(({ name, loopback }) => site.inside(name, "sh", "-c", script, String(loopback))),
    );
    expect(silent.join("")).toBe("");
  });

  it("has a path over each spine between racks, and one over each leaf's uplink", async () => {
    expect(await nextHops("leaf1", "192.168.98.6")).toEqual(["ens4", "ens5"]);
    expect(await nextHops("internet", "192.168.98.6")).toEqual(["ens5", "ens6"]);
    expect(await nextHops("leaf6", "default")).toEqual(["ens4", "ens5"]);
  });

  it("shows the outside no address but MY_IP", async () => {
    const capture = await startCapture(site.outside, "down0", ["-c", "3", "icmp[icmptype] == icmp-echo"]);
    await site.inside("leaf4", "ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", OUTSIDE_ADDRESS);
    const sources = [...(await capture.text).matchAll(/IP (\S+) > /g)].map((match) => match[1]);
    expect(sources).toEqual([HOST_ADDRESS, HOST_ADDRESS, HOST_ADDRESS]);
  });

  it("answers for an unused address, without a routing loop", async () => {
    const nobody = "192.168.105.77";
    const capture = await startCapture(site.host, "ikhb", [`dst host ${nobody}`]);
    const words = ["-n", "-c", "3", "-i", "0.2", "-W", "2", nobody];
    const answer = await site.host.run("ping", words, { exitCodes: [1] });
    expect(answer.stdout).toMatch(/Unreachable/);
    const requests = () => capture.seen().split("echo request").length - 1;
    await pollUntil({ what: "three requests", timeoutMs: 5_000, intervalMs: 20 }, async () =>
      requests() < 3 ? { done: false, seen: capture.seen() } : { done: true, value: undefined },
    );
    capture.stop();
    await capture.text;
    expect(requests()).toBe(3);
  });

  it("accepts ssh logins by key only, with the host key checked, by name and by address", async () => {
    expect((await site.ikvswitch(["ssh", "leaf3", "hostname"])).stdout).toBe("leaf3\n");
    const checked = ["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"];
    const folder = `${STATE_DIR}/ssh`;
    const options = ["-i", `${folder}/id_ed25519`, "-o", `UserKnownHostsFile=${folder}/known_hosts`];
    const { stdout } = await site.host.run("ssh", [
      ...options,
      ...checked,
      "root@192.168.98.6",
      "cat",
      "/etc/hostname",
    ]);
    expect(stdout).toBe("leaf3\n");
    const refused = await site.host.run(
      "ssh",
      [...options.slice(2), ...checked, "-o", "IdentityFile=none", "root@192.168.98.6", "true"],
      { exitCodes: [255] },
    );
    expect(refused.stderr).toContain("Permission denied (publickey)");
    expect(await site.inside("spine1", "ssh", "-o", "BatchMode=yes", "leaf3", "hostname")).toBe("leaf3\n");
  });

  it("has every switch see its planned neighbors by LLDP", () => untilNeighborsAreSeen(site, fabric));

  it("sends packets with complete checksums to servers at taps", async () => {
    const server = await site.plugIntoTap("ikvm1-3-1", "198.51.100.9/24");
    const capture = await startCapture(server, "eth0", ["-vv", "-c", "1", "udp port 9999"]);
    // The kernel may leave out checksums of frames that stay on one host; the far end of a link would drop these.
    const { vlans } = (await site.json(["status"])) as { readonly vlans: boolean };
    const device = vlans ? dhcpBridge("leaf1") : "ens6";
    const send = `echo hello >/dev/udp/ff02::1%${device}/9999`;
    await pollUntil({ what: "the packet", timeoutMs: 10_000, intervalMs: 50 }, async () => {
      await site.inside("leaf1", "bash", "-c", send);
      return capture.seen().includes(".9999:")
        ? { done: true, value: undefined }
        : { done: false, seen: capture.seen() };
    });
    expect(await capture.text).toContain("[udp sum ok]");
  });

  it("runs programs with their output, exit code and signal, and none of the caller's environment", async () => {
    const words = ["exec", "leaf1", "sh", "-c"];
    const failed = await site.ikvswitch([...words, "echo out; echo err >&2; exit 3"], [3]);
    expect(failed).toMatchObject({ exitCode: 3, stdout: "out\n" });
    expect(failed.stderr).toContain("err\n");
    await site.ikvswitch([...words, "kill -9 $$"], [137]);
    await site.ikvswitch(["exec", "leaf1", "no-such-program"], [127]);
    const names = (await site.inside("leaf1", "env")).split("\n").map((line) => line.split("=")[0]);
    expect(names.filter((name) => /NODE|npm|VITEST/i.test(name ?? ""))).toEqual([]);
  });

  it("passes none of the caller's open files to programs", async () => {
    const script = 'exec 20</etc/passwd 300</etc/passwd; exec "$@"';
    const command = [projectPath("bin/ikvswitch"), "--config", projectPath("etc/ikvswitch.conf")];
    const list = ["exec", "leaf1", "sh", "-c", "ls /proc/$$/fd"];
    const { stdout } = await site.host.run("bash", ["-c", script, "bash", ...command, ...list]);
    expect(stdout).toBe("0\n1\n2\n");
  });

  it.each(["SIGINT", "SIGKILL"] as const)(
    "ends programs that `exec` runs on %s, except daemons",
    async (signal) => {
      const running = async (words: string) =>
        (await site.ikvswitch(["exec", "leaf1", "pgrep", "-x", "-f", words], [0, 1])).stdout.trim();
      const daemon = "setsid sleep 86401 >/dev/null 2>&1 &";
      const started = site.start(["exec", "leaf1", "sh", "-c", `${daemon} sleep 86402 | cat`]);
      await pollUntil({ what: "both programs", timeoutMs: 30_000, intervalMs: 100 }, async () => {
        const pids = [await running("sleep 86401"), await running("sleep 86402")];
        return pids.includes("") ? { done: false, seen: `${pids}` } : { done: true, value: undefined };
      });
      started.kill(signal);
      await started.output;
      await pollUntil({ what: "the end of the program", timeoutMs: 30_000, intervalMs: 100 }, async () => {
        const pid = await running("sleep 86402");
        return pid === "" ? { done: true, value: undefined } : { done: false, seen: pid };
      });
      await site.inside("leaf1", "kill", await running("sleep 86401"));
    },
  );

  it("copies files both ways unchanged, with the switch's network down", async () => {
    await site.host.shell("head -c 1000001 /dev/urandom >/run/large");
    await site.inside("leaf2", "sh", "-c", "ip link set ens4 down; ip link set ens5 down");
    await site.ikvswitch(["cp", "/run/large", "leaf2:/root/large"]);
    await site.ikvswitch(["cp", "leaf2:/root/large", "/run/returned"]);
    await site.host.run("cmp", ["/run/large", "/run/returned"]);
    await site.host.run("rm", ["/run/large", "/run/returned"]);
    // Copies into a folder work as with cp.
    await site.host.run("mkdir", ["/run/copies"]);
    await site.ikvswitch(["cp", "leaf2:/etc/hostname", "/run/copies"]);
    await site.ikvswitch(["cp", "/run/copies/hostname", "leaf2:/root/"]);
    expect(await site.inside("leaf2", "cat", "/root/hostname")).toBe("leaf2\n");
    expect((await site.ikvswitch(["cp", "/run/copies", "leaf2:/root/"], [2])).stderr).toContain(
      "is a directory",
    );
    await site.host.run("rm", ["-r", "/run/copies"]);
    await site.inside("leaf2", "sh", "-c", "ip link set ens4 up; ip link set ens5 up");
    await untilConverged();
  });

  it("hides the host's files and processes from root in a switch, and denies changes to the host's kernel", async () => {
    const script = [
      "ls /home /srv /boot /etc/ssl /var/lib/ikvswitch",
      "cat /run/frr/zserv.api",
      "mknod /tmp/disk b 1 1",
      "echo 1 >/proc/sys/kernel/printk",
      "hostname -F /etc/hostname && echo allowed",
      "touch /usr/bin/mine",
      "mount -o remount,rw /usr",
    ].map((line) => `${line}; echo "$?"`);
    const { stdout } = await site.ikvswitch([
      "exec",
      "leaf1",
      "sh",
      "-c",
      `{ ${script.join("; ")}; } 2>/dev/null`,
    ]);
    const answers = stdout.split("\n").filter((line) => /^\d+$/.test(line));
    expect(answers.map((code) => code === "0")).toEqual([false, false, false, false, true, false, false]);
    expect(stdout).not.toContain("not a switch's");
    expect((await site.inside("leaf1", "ps", "-e", "-o", "pid")).split("\n").length).toBeLessThan(25);
    // Root in a switch has an unprivileged user ID on the host.
    const pid = (await site.pids()).leaf1;
    const owner = await site.host.run("stat", ["-c", "%u", `/proc/${pid}`]);
    expect(Number(owner.stdout)).toBeGreaterThan(1_000_000_000);
  });

  it("shows the log of a switch's programs, also as JSON", async () => {
    const said = expect.stringMatching(/bgpd/);
    expect((await site.ikvswitch(["logs", "leaf1"])).stdout).toEqual(said);
    expect(await site.json(["logs", "leaf1"])).toEqual({ node: "leaf1", log: said });
  });

  it("reports what namespaces don't have, with an alternative", async () => {
    for (const words of [
      ["console", "leaf1"],
      ["vnc", "leaf1"],
      ["logs", "--qemu", "leaf1"],
    ]) {
      const { stderr } = await site.ikvswitch(words, [2]);
      expect(stderr).toContain("the netns backend has no");
      expect(stderr).toContain("try 'ikvswitch");
    }
    expect((await status())[0]?.vnc).toBeNull();
    expect(table).not.toContain("VNC");
  });

  it("is unchanged by a second `up`", async () => {
    const pids = await site.pids();
    const { stderr } = await site.ikvswitch(["up"]);
    expect(stderr).toContain("Start the switches: 9 kept");
    expect(await site.pids()).toEqual(pids);
  });

  it("keeps running if its replacement can't start", async () => {
    const pids = await site.pids();
    const machines = ["up", "--backend", "qemu", "--set", "EXTRA_PACKAGES=hello"];
    await site.host.run("mount", ["--bind", "/bin/false", "/usr/bin/mmdebstrap"]);
    expect((await site.ikvswitch(machines, [1])).stderr).toContain("mmdebstrap");
    await site.host.run("umount", ["/usr/bin/mmdebstrap"]);
    const listen = 'require("net").createServer().listen(5953, "127.0.0.1", () => console.log("listening"))';
    const holder = site.host.start(process.execPath, ["-e", listen]);
    await new Promise<void>((resolve) => holder.watch(() => resolve()));
    await site.host.shell(
      "cd /usr/lib/*-linux-gnu && mount --bind libOpenIPMIutils.so.0 libIPMIlanserv.so.0",
    );
    const portTaken = await site.ikvswitch(machines, [3]);
    await site.host.shell("umount /usr/lib/*-linux-gnu/libIPMIlanserv.so.0");
    expect(portTaken.stderr).toContain("/usr/bin/ipmi_sim cannot find libIPMIlanserv.so.0");
    expect(portTaken.stderr).toMatch(
      /TCP port 5953 is in use: node \(pid \d+\) listens on 127\.0\.0\.1:5953/,
    );
    expect(portTaken.stderr).toContain("needed by leaf1's VNC display 53");
    holder.kill("SIGKILL");
    await holder.output;
    // The same holds for a restart of one switch, and of all.
    await site.host.shell("mv /run/ikvswitch/nodes/leaf6/sandbox.json /run/kept");
    expect((await site.ikvswitch(["node", "restart", "leaf6"], [1])).stderr).toContain("run 'ikvswitch up'");
    await site.host.shell("mv /run/kept /run/ikvswitch/nodes/leaf6/sandbox.json");
    await site.host.run("mount", ["-t", "tmpfs", "tmpfs", "/usr/lib/frr"]);
    const sets = ["--set", "BACKEND=netns", "--set", `STATE_DIR=${STATE_DIR}`];
    const restart = [projectPath("bin/ikvswitch-setup"), "restart", ...sets];
    const withoutFrr = await site.host.run(process.execPath, restart, { exitCodes: [3] });
    await site.host.run("umount", ["/usr/lib/frr"]);
    expect(withoutFrr.stderr).toMatch(/no .*\/usr\/lib\/frr\/staticd/);
    expect(await site.pids()).toEqual(pids);
  });

  it("applies a changed setting without a restart", async () => {
    const pids = await site.pids();
    const { stderr } = await site.ikvswitch(["up", "--set", "DNS_SERVERS=192.0.2.53"]);
    expect(stderr).toContain("Start the switches: 9 updated");
    expect(await site.inside("leaf1", "cat", "/etc/resolv.conf")).toContain("nameserver 192.0.2.53");
    expect(await site.pids()).toEqual(pids);
  });

  it("keeps a saved configuration over a restart, until it is reset", async () => {
    await site.inside("leaf5", "vtysh", "-c", "conf", "-c", "ip prefix-list MINE seq 5 permit 192.0.2.0/24");
    const routing = () => site.inside("leaf5", "vtysh", "-c", "show running-config");
    await site.ikvswitch(["save", "leaf5"]);
    await site.ikvswitch(["node", "restart", "leaf5"]);
    await untilConverged();
    expect(await routing()).toContain("prefix-list MINE");
    const pids = await site.pids();
    await site.ikvswitch(["up"]);
    expect(await routing()).toContain("prefix-list MINE");
    await site.ikvswitch(["save", "--reset", "leaf5"]);
    await site.ikvswitch(["up"]);
    expect(await routing()).not.toContain("MINE");
    expect(await site.pids()).toEqual(pids);
  });

  it("ignores a configuration that was saved with another plan, reports that, and refuses to save with another plan", async () => {
    await site.ikvswitch(["save", "leaf5"]);
    const other = ["--set", "AS_START=64600"];
    expect((await site.ikvswitch(["save", "leaf5", ...other], [1])).stderr).toContain(
      "save leaf5\n  failed\n  its plan differs from the configuration's",
    );
    const { stderr } = await site.ikvswitch(["up", ...other]);
    const unused = /leaf5: ignoring its saved configuration: the plan changed: AS number \d+, now 646\d\d/;
    expect(stderr).toMatch(unused);
    const seen = await site.ikvswitch(["status", ...other]);
    expect(seen.stdout).toMatch(/^leaf5 .*saved, unused$/m);
    expect(seen.stdout).toMatch(unused);
    const summary = await site.inside("leaf5", "vtysh", "-c", "show bgp summary");
    expect(summary).toContain("local AS number 646");
    await site.ikvswitch(["save", "--reset", "leaf5"]);
    await site.ikvswitch(["up"]);
  });

  it("stops and starts single switches, whose neighbors lose their sessions", async () => {
    await site.ikvswitch(["node", "stop", "leaf6"]);
    const stopped = await status();
    expect(stopped.find(({ name }) => name === "leaf6")?.state).toBe("stopped");
    expect(stopped.find(({ name }) => name === "spine1")?.sessions.up).toBe(6);
    await site.ikvswitch(["net", "status"]);
    expect((await site.ikvswitch(["node", "thaw", "leaf6"], [2])).stderr).toContain(
      "cannot thaw leaf6: not running",
    );
    const started = await site.ikvswitch(["node", "start", "leaf6", "leaf5"]);
    expect(started.stdout).toBe("leaf6: started.\nleaf5: already running.\n");
    await untilConverged();
  });

  it.each(["bgpd", "zebra", "sshd", "lldpd"])("starts %s again when it is killed", async (daemon) => {
    const pidOf = async () =>
      (await site.ikvswitch(["exec", "spine1", "pgrep", "-o", daemon], [0, 1])).stdout;
    const killed = await pidOf();
    await site.inside("spine1", "kill", "-KILL", killed.trim());
    await pollUntil({ what: `another ${daemon}`, timeoutMs: 30_000, intervalMs: 100 }, async () => {
      const now = await pidOf();
      return now !== "" && now !== killed ? { done: true, value: undefined } : { done: false, seen: now };
    });
    await untilConverged();
  });

  it("restarts only the switches whose first process was killed or that lost a port", async () => {
    const pids = await site.pids();
    await site.host.run("kill", ["-KILL", `${pids.leaf1}`]);
    await site.host.run("ip", ["link", "delete", portTap("leaf2")]);
    const { stderr } = await site.ikvswitch(["up"]);
    expect(stderr).toMatch(/Start the switches: .*7 kept/);
    const after = await site.pids();
    const changed = Object.keys(pids).filter((name) => pids[name] !== after[name]);
    expect(changed.sort()).toEqual(["leaf1", "leaf2"]);
  });

  it("does not touch the host's own FRR, and leaves the host unchanged after `down`", async () => {
    expect(await site.host.run("cat", ["/run/frr/zserv.api"])).toMatchObject({ stdout: "not a switch's\n" });
    await site.ikvswitch(["down"]);
    expect(await captureState(site.host)).toEqual(before);
    expect(await site.leftovers()).toBe("");
    expect((await site.host.run("ls", ["-A", "/run/frr"])).stdout).toBe("zserv.api\n");
  });
});

function dhcpBridge(name: string): string {
  const node = fabric.nodes.find((candidate) => candidate.name === name);
  return node?.role === "leaf" ? (node.dhcp?.bridge ?? "") : "";
}

/** Returns the host's end of a switch's first port. */
function portTap(name: string): string {
  return fabric.nodes.find((node) => node.name === name)?.ports[0]?.tap ?? "";
}
