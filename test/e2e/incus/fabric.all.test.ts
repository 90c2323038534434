import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureContainerImage } from "../../../src/backends/incus/image/build.ts";
import { settingsOf } from "../../../src/config/settings.ts";
import type { Finding } from "../../../src/host/findings/finding.ts";
import type { HostsReport } from "../../../src/hosts/host-report.ts";
import type { NetStatus } from "../../../src/lab/net.ts";
import type { PositionReport } from "../../../src/ports/report.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { configFrom } from "../../fabric/config.ts";
import { projectPath } from "../../integration/namespace.ts";
import { patiently } from "../../patience.ts";
import { createFabricSite, type FabricSite, STATE_DIR } from "../fabric-site.ts";
import { startCluster, type TestCluster } from "./cluster.ts";

/*
 * The shipped fabric on three members of a cluster of Incus:
 *
 *   m1: internet spine1 leaf1 leaf2      m2: spine2 leaf3 leaf4      m3: leaf5 leaf6
 */
const HOSTS = "m1=198.18.0.11,m2=198.18.0.12,m3=198.18.0.13";
const KEY = `${STATE_DIR}/ssh/id_ed25519`;

let site: FabricSite;
let cluster: TestCluster;

beforeAll(async () => {
  // Outside of the site's network, since it needs the Debian mirror.
  await ensureContainerImage(localHost(), {
    stateDir: STATE_DIR,
    image: settingsOf(configFrom()).image,
    guest: projectPath("guest"),
    note: () => {},
  });
  site = await createFabricSite(["BACKEND=incus", `HOSTS=${HOSTS}`, "INCUS_PROJECT=fabric"]);
  await site.host.shell(`mkdir -p ${STATE_DIR}/ssh && ssh-keygen -q -t ed25519 -N '' -C ikvswitch -f ${KEY}`);
  cluster = await startCluster(site.host, "incus", KEY);
});

afterAll(async () => {
  // Its `down` needs the members.
  await site?.close();
  await cluster?.close();
});

interface Status {
  readonly asPlanned: boolean;
  readonly switches: readonly { readonly name: string; readonly state: string }[];
}

const status = async () => (await site.json(["status"], [0, 4])) as Status;
const outcomes = async () =>
  ((await site.json(["up"])) as { readonly outcomes: Readonly<Record<string, string>> }).outcomes;
const all = (outcome: string) =>
  Object.fromEntries(
    ["internet", "spine1", "spine2", ...[1, 2, 3, 4, 5, 6].map((number) => `leaf${number}`)].map((name) => [
      name,
      outcome,
    ]),
  );
const failure = async (words: readonly string[], exitCode: number) =>
  (await site.ikvswitch(words, [exitCode])).stderr;

it("a cluster that is not known is reported with the commands that make it known", async () => {
  expect(await failure(["up"], 3)).toMatch(
    /no cluster of Incus or LXD trusts this host[\s\S]*incus config trust add ikvswitch --restricted --projects fabric/,
  );
});

it("a token is used once, and the cluster trusts this host from then on", async () => {
  const token = await cluster.token();
  const report = { server: "https://198.18.0.11:8443", project: "fabric" };
  expect(await site.json(["trust", token])).toMatchObject({ ...report, added: true });
  expect(await site.json(["trust", token])).toMatchObject({ ...report, added: false });
  const modes = await site.host.shell(`stat -c '%a %n' ${STATE_DIR}/cluster/*`);
  expect(modes.stdout).toBe(
    ["644 certificate.pem", "600 key.pem", "600 trust.json"]
      .map((line) => `${line.replace(" ", ` ${STATE_DIR}/cluster/`)}\n`)
      .join(""),
  );
});

it("a project that the certificate is not for is refused with the remedy", async () => {
  expect(await failure(["--set", "INCUS_PROJECT=default", "up"], 1)).toMatch(
    /set INCUS_PROJECT to one of them/,
  );
});

it("up brings all switches up on their members, and routing converges across them", async () => {
  expect(await outcomes()).toEqual(all("started"));
  expect(await status()).toMatchObject({ asPlanned: true });
  const { stdout } = await cluster.inside("m3", "incus list -f csv -c nL --project fabric");
  expect(stdout.trim().split("\n").sort()).toEqual([
    ...["internet,m1", "leaf1,m1", "leaf2,m1", "leaf3,m2", "leaf4,m2", "leaf5,m3", "leaf6,m3"],
    ...["spine1,m1", "spine2,m2"],
  ]);
});

it("full packets pass between members, unfragmented as the switches see them", async () => {
  await site.inside("leaf6", "ping", "-4", "-c", "1", "-W", "5", "-M", "do", "-s", "8972", "leaf1");
});

it("a second up changes nothing", async () => {
  expect(await outcomes()).toEqual(all("kept"));
});

it("programs run in switches with their input, output and exit codes", async () => {
  expect(await site.inside("leaf3", "hostname")).toBe("leaf3\n");
  expect((await site.ikvswitch(["exec", "leaf3", "sh", "-c", "exit 7"], [7])).exitCode).toBe(7);
  await site.host.shell("head -c 3000000 /dev/urandom >/run/sent");
  await site.ikvswitch(["cp", "/run/sent", "leaf5:/tmp/there"]);
  await site.ikvswitch(["cp", "leaf5:/tmp/there", "/run/back"]);
  await site.host.run("cmp", ["/run/sent", "/run/back"]);
});

it("the log of a switch can be read twice", async () => {
  for (const _ of [1, 2]) {
    expect((await site.ikvswitch(["logs", "spine1"])).stdout).toMatch(/spine1 ready/);
  }
});

it("a switch can be frozen, stopped and started", async () => {
  await site.ikvswitch(["node", "freeze", "leaf4"]);
  expect((await status()).switches).toContainEqual(
    expect.objectContaining({ name: "leaf4", state: "frozen" }),
  );
  await site.ikvswitch(["node", "thaw", "leaf4"]);
  await site.ikvswitch(["node", "stop", "leaf4"]);
  expect((await status()).switches).toContainEqual(
    expect.objectContaining({ name: "leaf4", state: "stopped" }),
  );
  await site.ikvswitch(["node", "start", "leaf4"]);
  expect(await outcomes()).toEqual(all("kept"));
});

describe("commands that ask the members", () => {
  const list = async (words: readonly string[] = [], exitCode = 0) =>
    (await site.json([...words, "hosts", "ls"], [exitCode])) as HostsReport;
  const memberOf = ({ members }: HostsReport, name: string) => members.find((member) => member.name === name);

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
    expect((await site.ikvswitch(["hosts", "ls"])).stdout).toMatch(/^m3 +online +1 .* 3 +leaf5 leaf6$/m);
  });

  it("list what differs from the plan, with exit code 4", async () => {
    const other = await list(["--set", `HOSTS=${HOSTS.replace("m3", "m9")}`], 4);
    expect(memberOf(other, "m9")).toMatchObject({ state: "not in the cluster", running: [] });
    expect(other.differences).toContain("leaf5 is on m3, planned on m9");
    await site.ikvswitch(["node", "stop", "leaf4"]);
    expect((await list([], 4)).differences).toEqual(["leaf4 on m2 is stopped"]);
    await site.ikvswitch(["node", "start", "leaf4"]);
    expect((await list()).differences).toEqual([]);
  });

  it("compare and mend the network of each member", async () => {
    // The cluster has made new ports of leaf4.
    expect(await site.json(["net", "status"])).toMatchObject({ present: true, drift: [] });
    const { stdout } = await cluster.inside("m2", "cd /sys/class/net && ls -d ikx*v");
    const device = stdout.split("\n")[0] ?? "";
    await cluster.inside("m2", `ip link del ${device}`);
    const { drift } = (await site.json(["net", "status"], [4])) as NetStatus;
    expect(new Set(drift.map(({ member }) => member))).toEqual(new Set(["m2"]));
    expect(drift).toContainEqual(expect.objectContaining({ item: `device ${device}`, observed: "missing" }));
    const script = (await site.ikvswitch(["net", "start", "--dry-run"])).stdout;
    expect(script).toMatch(new RegExp(`# On m1:\n\n# Nothing to do.\n\n# On m2:\n[^]*${device}`));
    const preview = (await site.json(["up", "--diff"], [4])) as { readonly network: string };
    expect(preview.network).toMatch(
      /^m1: already as planned; m2: 1 device created.*; m3: already as planned$/,
    );
    expect((await site.ikvswitch(["net", "start"])).stdout).toMatch(
      /^Network of m1: already as planned\.\nNetwork of m2: 1 device created/,
    );
    expect(await site.json(["net", "status"])).toMatchObject({ drift: [] });
  });

  it("show a server that is attached on a member", async () => {
    const { stdout, stderr } = await site.ikvswitch(["plug", "2", "3", "--format", "netns"]);
    expect(stderr).toContain("Attach it on m2 (ssh root@198.18.0.12), as root");
    await cluster.inside("m2", `set -e\n${stdout}`);
    // A tap is root's there, who holds another one open.
    const hold = `$r = pack "a16 s x22", "ikvm2-4-1", 0x1002; open F, "+<", "/dev/net/tun"; ioctl F, 0x400454ca, $r or die; sleep 99`;
    const held = await cluster.inside("m2", `perl -e '${hold}' </dev/null >/dev/null 2>&1 & echo $!`);
    const { positions } = (await site.json(["ports"])) as { readonly positions: readonly PositionReport[] };
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
    expect((await site.ikvswitch(["ports"])).stdout).toMatch(/^m3 +3 {2}U3 +free$/m);
    expect(memberOf(await list(), "m2")?.servers).toEqual([
      { rack: 2, position: 3 },
      { rack: 2, position: 4 },
    ]);
    await cluster.inside("m2", `kill ${held.stdout.trim()}; ip netns del server2-3`);
    expect(await failure(["plug", "2", "3", "--format", "qemu-socket"], 2)).toMatch(/rack 2 is on m2/);
    expect(await failure(["plug", "segment"], 2)).toMatch(/the switches are on m1, m2, m3/);
  });

  it("examine what the members have", async () => {
    const { findings } = (await site.json(["doctor"], [0, 3])) as { readonly findings: readonly Finding[] };
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
    await site.host.run("ip", ["link", "set", "ikvm3", "down"]);
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
    expect((await site.json(["net", "status"], [4])) as NetStatus).toMatchObject({
      drift: [{ member: "m3", item: "the member", expected: "an answer" }],
    });
    const { positions } = (await site.json(["ports"])) as { readonly positions: readonly PositionReport[] };
    expect(positions.find(({ member }) => member === "m3")?.state).toBe("unknown");
    await site.host.run("ip", ["link", "set", "ikvm3", "up"]);
    await expect
      .poll(() => list([], 0).catch(() => null), { timeout: patiently(120_000), interval: 2_000 })
      .not.toBeNull();
    await site.ikvswitch(["up"]);
  });
});

it("a changed file is applied to the running switches", async () => {
  const changed = await site.json(["--set", "BFD_INTERVAL_MS=500", "up"]);
  expect(changed).toMatchObject({ outcomes: all("updated") });
});

it("down leaves no container, and no link on any member", async () => {
  await site.ikvswitch(["down"]);
  for (const member of ["m1", "m2", "m3"]) {
    const { stdout } = await cluster.inside(member, "incus list -f csv -c n --project fabric; ip -br link");
    expect(stdout.split("\n").map((line) => line.split(/[ @]/)[0])).toEqual(["lo", "eth0", ""]);
  }
});

it("net start makes the members' networks alone, and net stop leaves nothing of them", async () => {
  expect((await site.ikvswitch(["net", "start"])).stdout).toMatch(/^Network of m3: \d+ devices created/m);
  expect(await site.json(["net", "status"])).toMatchObject({ present: true, drift: [] });
  await site.ikvswitch(["net", "restart"]);
  expect(await site.json(["net", "start"])).toMatchObject({
    members: ["m1", "m2", "m3"].map((member) => ({ member, changes: [] })),
  });
  await site.ikvswitch(["net", "stop"]);
  expect(await site.json(["net", "status"], [4])).toMatchObject({ present: false });
  expect((await site.ikvswitch(["net", "stop"])).stdout).toMatch(/^Network of m2: nothing to remove\.$/m);
  // A fabric that is down is listed without differences.
  expect(await site.json(["hosts", "ls"])).toMatchObject({ differences: [] });
  await site.host.run("test", ["!", "-e", "/run/ikvswitch/ssh"]);
});

it("trust --remove deletes the key, and names the command that makes the cluster forget it", async () => {
  const { stdout } = await site.ikvswitch(["trust", "--remove"]);
  expect(stdout).toMatch(/^Deleted the key\. .*'incus config trust remove [0-9a-f]{12}' on a member\.\n$/);
  await site.host.run("test", ["!", "-e", `${STATE_DIR}/cluster`]);
});
