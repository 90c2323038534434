import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stampFiles } from "../../../src/backends/qemu/kept-files.ts";
import { readManifest, writeManifest } from "../../../src/backends/qemu/snapshot/store.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import { captureState } from "../../integration/host-state.ts";
import { buildImage, createFabricSite, type FabricSite, pathFromOutside, STATE_DIR } from "../fabric-site.ts";
import { rebootHost } from "../host-reboot.ts";
import { shippedConfig } from "../shipped-config.ts";
import { expectSameSessions, restoreSnapshot, spineSessions } from "./sessions.ts";
import { INTERRUPTED, signalOnce } from "./signal-once.ts";
import { SAVED_FABRICS, WARM_FABRIC } from "./suites/saved-fabrics.ts";

//   host ── internet ── spine1 ── leaf1, leaf2 ── 3 server ports each
//
// Cases beyond those of suites/snapshots.ts and suites/saved-fabrics.ts.

const SETS = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=5", "SWITCH_MEMORY_MIB=192", "BOOT=auto"];
const fabric = planFabric(shippedConfig(SETS));
const names = fabric.nodes.map(({ name }) => name);
const SNAPSHOTS = `${STATE_DIR}/snapshots`;
const UP_TIMEOUT_MS = 10 * 60_000;

let site: FabricSite;
/** Sessions when the snapshot was saved: restored sessions are at least as old. */
let sessionsAtSave: Awaited<ReturnType<typeof spineSessions>>;

beforeAll(async () => {
  await buildImage();
  site = await createFabricSite(SETS);
  await site.ikvswitch(["up"]);
  sessionsAtSave = await spineSessions(site);
  await site.ikvswitch(["snapshot", "save", "copy"]);
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

const inside: FabricSite["inside"] = (...asked) => site.inside(...asked);

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

/** Expects the command to be refused with the reason on stderr, and the sessions to be untouched. */
async function expectRefusal(words: readonly string[], exitCode: number, reason: RegExp): Promise<void> {
  const before = await spineSessions(site);
  const { stderr } = await site.ikvswitch(words, [exitCode]);
  expect(stderr).toMatch(reason);
  await expectSameSessions(site, before);
}

describe("a snapshot that is restored twice, first after a reboot of the host, then over running switches,", () => {
  it("gives each switch new random numbers each time, the current time, and a kernel that knows of the copy", async () => {
    await rebootHost(site);
    const drawn: string[] = [];
    const kept: number[] = [];
    for (const _ of [1, 2]) {
      kept.push(await restoreSnapshot(site, fabric, ["copy"], sessionsAtSave));
      for (const name of names) {
        const seconds = Number(await inside(name, "date", "+%s"));
        expect(Math.abs(seconds - Date.now() / 1000), name).toBeLessThan(5);
        expect(await inside(name, "dmesg"), name).toContain("crng reseeded due to virtual machine fork");
        drawn.push(await inside(name, "sh", "-c", "head -c 32 /dev/urandom | sha256sum"));
      }
    }
    expect(new Set(drawn).size).toBe(2 * names.length);
    // With the shipped BFD interval.
    expect(Math.max(...kept)).toBe(fabric.sessions.length);
    await expectAsPlanned();
  });

  it("can be removed while switches run from it, and these can still reboot", async () => {
    await site.host.run("cp", ["-a", `${SNAPSHOTS}/copy`, `${SNAPSHOTS}/other`]);
    await site.ikvswitch(["snapshot", "rm", "copy"]);
    await site.host.run("mv", [`${SNAPSHOTS}/other`, `${SNAPSHOTS}/copy`]);
    const ready = async () =>
      (await site.host.shell("grep -c 'leaf2 ready' /run/ikvswitch/nodes/leaf2/run/console.log || true"))
        .stdout;
    const before = await ready();
    await inside("leaf2", "sh", "-c", "(sleep 2; reboot) >/dev/null 2>&1 &");
    await pollUntil({ what: "leaf2 to boot", timeoutMs: 180_000, intervalMs: 1_000 }, async () => {
      const seen = await ready();
      return seen === before ? { done: false, seen } : { done: true, value: seen };
    });
    await expectAsPlanned();
  });
});

describe("a snapshot is refused, and running switches are not touched,", () => {
  it("when the configuration has another switch", async () => {
    const words = ["snapshot", "restore", "copy", "--set", "NUM_SPINES=2"];
    await expectRefusal(words, 1, /spine2: not in the snapshot/);
  });

  it("when the image differs", async () => {
    const other = ["--set", "EXTRA_PACKAGES=jq"];
    await expectRefusal(["snapshot", "restore", "copy", ...other], 1, /image .* does not exist; saved with/);
    const listed = await site.ikvswitch(["snapshot", "ls", ...other]);
    expect(listed.stdout).toMatch(/^copy .* no$/m);
  });

  it("when a file is altered or truncated", async () => {
    await site.host.run("cp", ["-a", `${SNAPSHOTS}/copy`, `${SNAPSHOTS}/damaged`]);
    const damaged = ["snapshot", "restore", "damaged"];
    const memory = `${SNAPSHOTS}/damaged/leaf1/memory`;
    await site.host.shell(`printf x | dd of=${memory} bs=1 seek=70000000 conv=notrunc status=none`);
    await expectRefusal(damaged, 1, /leaf1\/memory is corrupt: its checksum differs/);
    await site.host.run("truncate", ["-s", "100000000", memory]);
    await expectRefusal(damaged, 1, /leaf1\/memory has 100000000 bytes instead of 201326592/);
    await site.ikvswitch(["snapshot", "rm", "damaged"]);
  });

  it("when its name is unknown, invalid or in use, or switches are namespaces", async () => {
    await expectRefusal(["snapshot", "restore", "none"], 1, /no such snapshot; choose from copy/);
    await expectRefusal(["snapshot", "restore", "../copy"], 2, /not a valid name of a snapshot/);
    await expectRefusal(["snapshot", "restore", "copy", "--set", "BACKEND=netns"], 2, /BACKEND=netns/);
    await expectRefusal(["snapshot", "save", "copy"], 2, /Snapshot copy already exists/);
  });

  it("when a switch is frozen", async () => {
    await site.ikvswitch(["node", "freeze", "leaf2"]);
    const frozen = await site.ikvswitch(["snapshot", "save", "two"], [1]);
    expect(frozen.stderr).toMatch(/leaf2: frozen; run 'ikvswitch node thaw leaf2' first/);
    await site.ikvswitch(["node", "thaw", "leaf2"]);
    // BFD had ended its sessions meanwhile.
    await expectAsPlanned();
    expect(await filesLeft()).toEqual(["copy"]);
  });
});

describe("a full disk", () => {
  it("is refused with the figures, before any switch is stopped", async () => {
    await withSnapshotsOn("size=300M", () =>
      expectRefusal(["snapshot", "save", "big"], 1, /needs up to \d+ MiB, but .* has \d+ MiB free/),
    );
  });

  it("while the switches are saved, leaves them running and nothing behind", async () => {
    // Enough space but too few inodes, which the check beforehand does not cover.
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
    const before = await spineSessions(site);
    const left = await filesLeft();
    const half = `there ${SNAPSHOTS}/.building-half/*/memory`;
    const { exitCode } = await signalOnce(site, "INT", ["snapshot", "save", "half"], half);
    expect(exitCode).toBe(INTERRUPTED);
    expect(await filesLeft()).toEqual(left);
    await expectSameSessions(site, before);
    await expectAsPlanned();
  });

  it("during a restore, after switches were resumed, leaves working switches, which `up` keeps", async () => {
    const { exitCode, stderr } = await signalOnce(
      site,
      "INT",
      ["snapshot", "restore", "copy"],
      // From the first marked switch until no switch is marked.
      "there /run/ikvswitch/nodes/*/cloning && until ! there /run/ikvswitch/nodes/*/cloning; do :; done",
    );
    expect(exitCode).toBe(INTERRUPTED);
    expect(stderr).toContain("the switches run;");
    for (const name of names) {
      const seconds = Number(await inside(name, "date", "+%s"));
      expect(Math.abs(seconds - Date.now() / 1000), name).toBeLessThan(5);
    }
    await expectAsPlanned();
  });
});

describe("after a kill -9", () => {
  it("of a save, another save succeeds", async () => {
    const half = `there ${SNAPSHOTS}/.building-half/*/memory`;
    await signalOnce(site, "KILL", ["snapshot", "save", "half"], half);
    await expectAsPlanned();
    await site.ikvswitch(["snapshot", "save", "whole"]);
    expect(await filesLeft()).toEqual(["copy", "whole"]);
  });

  it("of a restore, `down` leaves nothing, and the snapshot can still be restored", async () => {
    await site.ikvswitch(["down"]);
    const clean = await captureState(site.host);
    const running = "there /run/ikvswitch/nodes/*/run/qemu.pid";
    await signalOnce(site, "KILL", ["snapshot", "restore", "copy"], running);
    await site.ikvswitch(["down"]);
    expect(await captureState(site.host)).toEqual(clean);
    await site.ikvswitch(["snapshot", "restore", "copy"]);
    await expectAsPlanned();
  });
});

describe("a warm fabric", () => {
  const WARM = `${SAVED_FABRICS}/warm`;
  const OTHER = ["--set", "DNS_SERVERS=192.0.2.53"];
  /** Takes the fabric down and brings it up, and expects this outcome for all switches. */
  const restart = async (outcome: string, ...words: readonly string[]): Promise<string> => {
    await site.ikvswitch(["down"]);
    const { stderr } = await site.ikvswitch(["up", ...WARM_FABRIC, ...words]);
    expect(stderr).toMatch(new RegExp(outcome === "resumed" ? "survived" : `${names.length} ${outcome}`));
    return stderr;
  };

  it("is not used after a change of the configuration, and then replaced", async () => {
    await restart("cloned");
    expect(await restart("cloned", ...OTHER)).toMatch(
      /the warm fabric is not of these switches: .*files differ: .*resolv\.conf \(changed\)/,
    );
    await restart("resumed", ...OTHER);
  });

  it("that was altered is not used, and then replaced", async () => {
    await site.host.shell(
      `printf x | dd of=${WARM}/leaf1/memory bs=1 seek=70000000 conv=notrunc status=none`,
    );
    expect(await restart("cloned", ...OTHER)).toContain("leaf1/memory was changed or copied");
    await restart("resumed", ...OTHER);
  });

  it("that QEMU can't load makes `up` clone instead, with a message that gives the reason", async () => {
    const folder = pathFromOutside(site, WARM);
    const host = localHost();
    const manifest = await readManifest(host, folder);
    if (manifest === undefined) {
      throw new Error("there is no warm fabric");
    }
    await site.host.shell(`head -c 65536 /dev/urandom >${WARM}/leaf2/state`);
    const files = { ...manifest.files, ...(await stampFiles(host, folder, ["leaf2/state"])) };
    await writeManifest(host, folder, { ...manifest, files });
    expect(await restart("cloned", ...OTHER)).toContain("cannot resume, cloning instead: ");
  });

  it("can be deleted alone", async () => {
    expect((await site.ikvswitch(["image", "rm", "warm"])).stdout).toBe("Removed: warm.\n");
    expect((await site.host.run("ls", ["-A", SAVED_FABRICS])).stdout).toBe("");
  });
});

describe("`down --keep`", () => {
  it("is refused without stopping anything if a switch is off", async () => {
    await site.ikvswitch(["node", "stop", "leaf2"]);
    await expectRefusal(["down", "--keep"], 1, /leaf2: is off; run 'ikvswitch up' first/);
    await site.ikvswitch(["up"]);
  });

  it("keeps the switches also from an `up` of another configuration, which is refused", async () => {
    await inside("leaf1", "sh", "-c", "echo changed >/root/mark");
    await site.ikvswitch(["down", "--keep"]);
    const refused = await site.ikvswitch(["up", "--set", "SERVER_MAX_PREFIXES=77"], [1]);
    expect(refused.stderr).toMatch(
      /cannot resume; nothing was changed:[\s\S]*leaf1: files differ: .*frr\.conf[\s\S]*'ikvswitch up --fresh'/,
    );
    const { stderr } = await site.ikvswitch(["up"]);
    expect(stderr).toContain("resume from the kept fabric");
    expect(await inside("leaf1", "cat", "/root/mark")).toBe("changed\n");
  });

  it("that is interrupted leaves the switches running, and nothing kept", async () => {
    const half = `there ${SAVED_FABRICS}/.building-kept/*/memory`;
    const { exitCode } = await signalOnce(site, "INT", ["down", "--keep"], half);
    expect(exitCode).toBe(INTERRUPTED);
    expect((await site.host.run("ls", ["-A", SAVED_FABRICS])).stdout).toBe("");
    await expectAsPlanned();
  });
});
