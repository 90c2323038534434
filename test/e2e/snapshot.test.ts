import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { captureState } from "../integration/host-state.ts";
import type { Output } from "../integration/namespace.ts";
import { buildImage, createFabricSite, type FabricSite, STATE_DIR } from "./fabric-site.ts";

//   host ── internet ── spine1 ── leaf1, leaf2 ── 3 server ports each

const SETS = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=5", "SWITCH_MEMORY_MIB=192", "BOOT=auto"];
const fabric = planFabric(readConfig(SETS.join("\n"), null).config);
const names = fabric.nodes.map(({ name }) => name);
const SNAPSHOTS = `${STATE_DIR}/snapshots`;
const UP_TIMEOUT_MS = 10 * 60_000;

let site: FabricSite;

beforeAll(async () => {
  await buildImage();
  site = await createFabricSite(SETS);
  await site.ikvswitch(["up"]);
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

const inside: FabricSite["inside"] = (...asked) => site.inside(...asked);

interface Session {
  readonly state: string;
  readonly peerUptimeMsec: number;
  readonly connectionsEstablished: number;
}

/** The spine's sessions, with all others, by port. */
async function sessions(): Promise<Readonly<Record<string, Session>>> {
  const shown = await inside("spine1", "vtysh", "-d", "bgpd", "-c", "show bgp ipv4 unicast summary json");
  return (JSON.parse(shown) as { peers: Record<string, Session> }).peers;
}

/** That each session is the one that there was, not one that came up since. */
async function expectSameSessions(before: Readonly<Record<string, Session>>): Promise<void> {
  const after = await sessions();
  for (const [port, { peerUptimeMsec, connectionsEstablished }] of Object.entries(before)) {
    expect(after[port], port).toMatchObject({ state: "Established", connectionsEstablished });
    expect(after[port]?.peerUptimeMsec, port).toBeGreaterThanOrEqual(peerUptimeMsec);
  }
}

/** Of each restore, how many sessions never went down. */
const kept: number[] = [];

/**
 * Restore, and compare what is told of the sessions with what the switches tell. On a host that is busy with other work
 * some may go down. They are up again then, and the user knows.
 */
async function restore(
  words: readonly string[],
  before: Readonly<Record<string, Session>>,
  sets: readonly string[] = [],
): Promise<void> {
  const options = sets.flatMap((set) => ["--set", set]);
  const { stdout, stderr } = await site.ikvswitch(["--json", ...options, "snapshot", "restore", ...words]);
  const after = await sessions();
  const same = Object.entries(before).filter(
    ([port, { connectionsEstablished }]) => after[port]?.connectionsEstablished === connectionsEstablished,
  );
  const report = JSON.parse(stdout) as { sessions: number; keptSessions: number };
  expect(report.sessions).toBe(fabric.sessions.length);
  // One may be lost between their looking and ours.
  expect(report.keptSessions).toBeGreaterThanOrEqual(same.length);
  for (const [port, { peerUptimeMsec }] of same) {
    expect(after[port]?.peerUptimeMsec, port).toBeGreaterThanOrEqual(peerUptimeMsec);
  }
  expect(Object.values(after).map(({ state }) => state)).toEqual(
    Object.keys(before).map(() => "Established"),
  );
  const lost = report.sessions - report.keptSessions;
  expect(stderr).toMatch(
    lost === 0 ? /^(?!.*went down)/s : new RegExp(`${lost} of \\d+ BGP sessions went down`),
  );
  kept.push(same.length);
}

async function uptimeS(node: string): Promise<number> {
  return Number((await inside(node, "cat", "/proc/uptime")).split(" ")[0]);
}

async function expectAsPlanned(): Promise<void> {
  const { outcomes, asPlanned } = (await site.json(["up"])) as {
    outcomes: Record<string, string>;
    asPlanned: boolean;
  };
  expect(outcomes).toEqual(Object.fromEntries(names.map((name) => [name, "kept"])));
  expect(asPlanned).toBe(true);
}

async function filesLeft(): Promise<readonly string[]> {
  return (await site.host.run("ls", ["-A", SNAPSHOTS])).stdout.split("\n").filter((name) => name !== "");
}

/** What is refused is told on stderr, and touches nothing. */
async function expectRefusal(words: readonly string[], exitCode: number, reason: RegExp): Promise<void> {
  const before = await sessions();
  const { stderr } = await site.ikvswitch(words, [exitCode]);
  expect(stderr).toMatch(reason);
  await expectSameSessions(before);
}

describe("a snapshot", () => {
  let atSave: Readonly<Record<string, Session>>;
  let uptimeAtSave: number;
  const drawn: string[] = [];

  it("is taken of a fabric that runs on as if nothing had been, and tells what it takes", async () => {
    atSave = await sessions();
    uptimeAtSave = await uptimeS("leaf1");
    const report = (await site.json(["snapshot", "save", "one"])) as Record<string, number>;
    expect(report).toMatchObject({ name: "one", switches: names.length });
    expect(report.diskMiB).toBeGreaterThan(100);
    expect(report.diskMiB).toBeLessThanOrEqual(report.expectedMiB ?? 0);
    expect(report.pausedMs).toBeGreaterThan(0);
    await expectSameSessions(atSave);
    expect(await site.json(["snapshot", "ls"])).toMatchObject([
      { name: "one", switches: names.length, problems: [], compressed: false },
    ]);
    expect((await site.ikvswitch(["snapshot", "ls"])).stdout).toMatch(/^one .* yes$/m);
  });

  it("gives back the state that was, sessions and uptimes included, after changes", async () => {
    await inside("leaf1", "sh", "-c", "echo changed >/root/mark; hostname changed");
    await inside("leaf1", "vtysh", "-c", "configure", "-c", "ip route 198.51.100.0/24 blackhole");
    await inside("spine1", "vtysh", "-c", "configure", "-c", "router bgp", "-c", "neighbor ens6 shutdown");
    const started = Date.now();
    await restore(["one"], atSave);
    expect((await inside("leaf1", "hostname")).trim()).toBe("leaf1");
    await site.ikvswitch(["exec", "leaf1", "test", "-e", "/root/mark"], [1]);
    expect(await inside("leaf1", "ip", "route")).not.toContain("198.51.100.0/24");
    const uptime = await uptimeS("leaf1");
    expect(uptime).toBeGreaterThan(uptimeAtSave);
    expect(uptime).toBeLessThan(uptimeAtSave + 60 + (Date.now() - started) / 1000);
    await expectAsPlanned();
  });

  it("has each switch know what time it is, and that it is a copy", async () => {
    for (const name of names) {
      const seconds = Number(await inside(name, "date", "+%s"));
      expect(Math.abs(seconds - Date.now() / 1000), name).toBeLessThan(5);
      expect(await inside(name, "dmesg"), name).toContain("crng reseeded due to virtual machine fork");
      drawn.push(await inside(name, "sh", "-c", "head -c 32 /dev/urandom | sha256sum"));
    }
  });

  it("is restored on a host that was rebooted, with another random stream in each switch", async () => {
    await rebootHost();
    await restore(["one"], atSave);
    for (const name of names) {
      drawn.push(await inside(name, "sh", "-c", "head -c 32 /dev/urandom | sha256sum"));
    }
    expect(new Set(drawn).size).toBe(2 * names.length);
    await expectAsPlanned();
  });

  it("can be removed while switches run from it, and they boot from the kernel as ever", async () => {
    await site.host.run("cp", ["-a", `${SNAPSHOTS}/one`, `${SNAPSHOTS}/copy`]);
    await site.ikvswitch(["snapshot", "rm", "one"]);
    expect(await filesLeft()).toEqual(["copy"]);
    await inside("leaf2", "sh", "-c", "(sleep 0.2; reboot) >/dev/null 2>&1 &");
    await pollUntil({ what: "leaf2's boot", timeoutMs: 120_000, intervalMs: 500 }, async () => {
      const { stdout } = await site.host.shell("cat /run/ikvswitch/nodes/leaf2/run/console.log");
      return stdout.includes("leaf2 ready")
        ? { done: true, value: undefined }
        : { done: false, seen: stdout };
    });
    await expectAsPlanned();
  });

  it("can be compressed", async () => {
    const plain = (await site.json(["snapshot", "ls"])) as { diskMiB: number }[];
    const before = await sessions();
    const packed = (await site.json(["snapshot", "save", "packed", "--compress"])) as { diskMiB: number };
    expect(packed.diskMiB).toBeLessThan((plain[0]?.diskMiB ?? 0) / 2);
    await restore(["packed"], before);
    expect(await filesLeft()).toEqual(["copy", "packed"]);
    await site.ikvswitch(["snapshot", "rm", "packed"]);
  });
});

describe("a machine of the user's", () => {
  const socket = "/run/db1.sock";
  const start = (...words: readonly string[]) =>
    site.host.start("qemu-system-x86_64", [
      ...["-machine", "q35", "-accel", "tcg", "-m", "16M", "-nodefaults", "-display", "none"],
      ...["-qmp", `unix:${socket},server=on,wait=off`, ...words],
    ]);

  it("is saved and restored with the switches", async () => {
    const save = ["snapshot", "save", "racked", "--machine", `db1=${socket}`];
    await expectRefusal(save, 1, /db1: no machine listens there/);
    const machine = start();
    await site.host.shell(`until [ -S ${socket} ]; do :; done`);
    const before = await sessions();
    await site.ikvswitch(save);
    const words = ["racked", "--machine", `db1=${socket}`];
    await expectRefusal(
      ["snapshot", "restore", ...words],
      1,
      /db1: QEMU says that it is "running"; start it as before, with -incoming defer/,
    );
    machine.kill("SIGKILL");
    await machine.output;
    await site.host.run("rm", [socket]);
    const again = start("-incoming", "defer");
    await site.host.shell(`until [ -S ${socket} ]; do :; done`);
    await restore(words, before);
    await expectRefusal(["snapshot", "restore", ...words], 1, /db1: QEMU says that it is "running"/);
    again.kill("SIGKILL");
    await again.output;
    expect(await site.json(["snapshot", "ls"])).toContainEqual(
      expect.objectContaining({ name: "racked", racked: ["db1"] }),
    );
    await site.ikvswitch(["snapshot", "rm", "racked"]);
  });
});

describe("restored switches", () => {
  it("keep their sessions, at BFD's shortest notice: all of them at least once in those restores", () => {
    expect(kept).toHaveLength(4);
    expect(Math.max(...kept)).toBe(fabric.sessions.length);
  });
});

/** What a reboot leaves of the emulator on a host: its state directory. */
async function rebootHost(): Promise<void> {
  // Not spelt out, lest the shell find itself.
  await site.host.shell(`
    run=/run/ikv
    for pid in $(pgrep -f "\${run}switch/"); do
      [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ] || kill -KILL $pid || true
    done
    rm -r "\${run}switch"
    for device in /sys/class/net/ik* /sys/class/net/bripmi; do
      ip link delete "\${device##*/}" || true
    done
    nft flush ruleset`);
}

describe("a snapshot is refused, and what runs is not touched,", () => {
  it("when the configuration differs: the switch and the file or the part of its machine are named", async () => {
    const restore = ["snapshot", "restore", "copy"];
    await expectRefusal(
      [...restore, "--set", "DNS_SERVERS=192.0.2.53"],
      1,
      /nothing was touched[\s\S]*leaf1: its files: .*resolv\.conf \(changed\)/,
    );
    await expectRefusal(
      [...restore, "--set", "SWITCH_MEMORY_MIB=192,leaf1=208"],
      1,
      /leaf1: its machine: was size=192M, is size=208M/,
    );
    await expectRefusal([...restore, "--set", "NUM_SPINES=2"], 1, /spine2: not in the snapshot/);
  });

  it("when the image differs", async () => {
    const other = ["--set", "EXTRA_PACKAGES=jq"];
    await expectRefusal(
      ["snapshot", "restore", "copy", ...other],
      1,
      /the image: .*which is not there; saved with/,
    );
    const listed = await site.ikvswitch(["snapshot", "ls", ...other]);
    expect(listed.stdout).toMatch(/^copy .* no$/m);
  });

  it("when a file is altered, truncated or missing", async () => {
    await site.host.run("cp", ["-a", `${SNAPSHOTS}/copy`, `${SNAPSHOTS}/damaged`]);
    const damaged = ["snapshot", "restore", "damaged"];
    const memory = `${SNAPSHOTS}/damaged/leaf1/memory`;
    await site.host.shell(`printf x | dd of=${memory} bs=1 seek=70000000 conv=notrunc status=none`);
    await expectRefusal(damaged, 1, /leaf1\/memory is not what was written: its checksum differs/);
    await site.host.run("truncate", ["-s", "100000000", memory]);
    await expectRefusal(damaged, 1, /leaf1\/memory has 100000000 bytes, 201326592 were written/);
    await site.host.run("rm", [`${SNAPSHOTS}/damaged/leaf2/state`]);
    await expectRefusal(damaged, 1, /leaf2\/state is missing/);
    await site.ikvswitch(["snapshot", "rm", "damaged"]);
  });

  it("when there is none of that name, the name leads elsewhere, or switches are namespaces", async () => {
    await expectRefusal(["snapshot", "restore", "none"], 1, /there is no such snapshot; there are copy/);
    await expectRefusal(["snapshot", "restore", "../copy"], 2, /no name for a snapshot/);
    await expectRefusal(["snapshot", "restore", "copy", "--set", "BACKEND=netns"], 2, /BACKEND=netns/);
    await expectRefusal(["snapshot", "save", "copy"], 2, /There is a snapshot copy already/);
  });

  it("when a switch stands still or is off", async () => {
    await site.ikvswitch(["node", "freeze", "leaf2"]);
    const frozen = await site.ikvswitch(["snapshot", "save", "two"], [1]);
    expect(frozen.stderr).toMatch(/leaf2: frozen; `ikvswitch node thaw leaf2` first/);
    await site.ikvswitch(["node", "thaw", "leaf2"]);
    // Its neighbor had given it up meanwhile.
    await expectAsPlanned();
    expect(await filesLeft()).toEqual(["copy"]);
  });
});

describe("a disk that is full", () => {
  it("is refused with the figures, before any switch is stopped", async () => {
    await withSnapshotsOn("size=300M", () =>
      expectRefusal(["snapshot", "save", "big"], 1, /it can take \d+ MiB, and \d+ MiB are free/),
    );
  });

  it("while the switches are saved, leaves them running and nothing behind", async () => {
    // Room enough, but not for as many files: that does not show before.
    await withSnapshotsOn("size=2G,nr_inodes=12", async () => {
      await expectRefusal(["snapshot", "save", "big"], 1, /No space left on device/);
      expect(await filesLeft()).toEqual([]);
    });
    await expectAsPlanned();
  });
});

async function withSnapshotsOn(options: string, work: () => Promise<void>): Promise<void> {
  await site.host.run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", SNAPSHOTS]);
  await work().finally(() => site.host.run("umount", [SNAPSHOTS]));
}

describe("Ctrl-C", () => {
  it("during a save leaves the switches running with their sessions, and no half snapshot", async () => {
    const before = await sessions();
    const left = await filesLeft();
    const { exitCode } = await signalOnce(
      "INT",
      ["snapshot", "save", "half"],
      `ls ${SNAPSHOTS}/.building-half/*/memory`,
    );
    expect(exitCode).toBe(INTERRUPTED);
    expect(await filesLeft()).toEqual(left);
    await expectSameSessions(before);
    await expectAsPlanned();
  });

  it("during a restore, before switches go on, leaves none", async () => {
    const { exitCode, stderr } = await signalOnce(
      "INT",
      ["snapshot", "restore", "copy"],
      "cat /run/ikvswitch/nodes/*/cloning /run/ikvswitch/nodes/*/run/qemu.pid",
    );
    expect(exitCode).toBe(INTERRUPTED);
    expect(stderr).toContain("the switches are off now; `ikvswitch up` starts them");
    const { switches } = (await site.json(["status"], [4])) as { switches: { state: string }[] };
    expect(switches.map(({ state }) => state)).toEqual(names.map(() => "stopped"));
    expect((await site.host.shell("ls /run/ikvswitch/nodes/*/cloning || true")).stdout).toBe("");
    await site.ikvswitch(["snapshot", "restore", "copy"]);
  });

  it("after they went on leaves whole switches, which `up` takes as they are", async () => {
    const { exitCode, stderr } = await signalOnce(
      "INT",
      ["snapshot", "restore", "copy"],
      // From when the first is marked until none is.
      "ls /run/ikvswitch/nodes/*/cloning && until ! ls /run/ikvswitch/nodes/*/cloning; do :; done",
    );
    expect(exitCode).toBe(INTERRUPTED);
    expect(stderr).toContain("the switches go on");
    for (const name of names) {
      const seconds = Number(await inside(name, "date", "+%s"));
      expect(Math.abs(seconds - Date.now() / 1000), name).toBeLessThan(5);
    }
    await expectAsPlanned();
  });
});

/** As shells tell of a program that SIGINT ended. */
const INTERRUPTED = 130;

describe("after a kill -9", () => {
  it("of a save, while the switches stand still, `up` has them go on", async () => {
    const before = await sessions();
    await signalOnce("KILL", ["snapshot", "save", "half"], `ls ${SNAPSHOTS}/.building-half/*/memory`);
    const { switches } = (await site.json(["status"], [4])) as { switches: { state: string }[] };
    expect(switches.map(({ state }) => state)).toContain("frozen");
    await expectAsPlanned();
    await expectSameSessions(before);
    await site.ikvswitch(["snapshot", "save", "whole"]);
    expect(await filesLeft()).toEqual(["copy", "whole"]);
  });

  it("of a restore, `down` leaves nothing, and the snapshot is whole", async () => {
    await site.ikvswitch(["down"]);
    const clean = await captureState(site.host);
    await signalOnce("KILL", ["snapshot", "restore", "copy"], "cat /run/ikvswitch/nodes/*/run/qemu.pid");
    await site.ikvswitch(["down"]);
    expect(await captureState(site.host)).toEqual(clean);
    await site.ikvswitch(["snapshot", "restore", "copy"]);
    await expectAsPlanned();
  });
});

/** Start it, and send it this signal as soon as this command succeeds. */
async function signalOnce(
  signal: "INT" | "KILL",
  words: readonly string[],
  command: string,
): Promise<Output> {
  const started = site.start(words);
  await site.host.shell(`
    until ( ${command} ) >/run/seen 2>&1; do :; done
    kill -${signal} ${started.pid}
    rm /run/seen`);
  return started.output;
}
