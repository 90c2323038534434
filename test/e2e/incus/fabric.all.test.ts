import { afterAll, beforeAll, expect, it } from "vitest";
import { type FabricSite, STATE_DIR } from "../fabric-site.ts";
import type { TestCluster } from "./cluster.ts";
import { all, createMemberSite, type MemberSite } from "./member-site.ts";
import { askingMembers } from "./suites/asking-members.ts";
import { linksBetweenMembers } from "./suites/links-between-members.ts";

let whole: MemberSite;
let site: FabricSite;
let cluster: TestCluster;

beforeAll(async () => {
  whole = await createMemberSite();
  ({ site, cluster } = whole);
});

afterAll(() => whole?.close());

interface Status {
  readonly asPlanned: boolean;
  readonly switches: readonly { readonly name: string; readonly state: string }[];
}

const status = async () => (await site.json(["status"], [0, 4])) as Status;
const outcomes = async () =>
  ((await site.json(["up"])) as { readonly outcomes: Readonly<Record<string, string>> }).outcomes;
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
  const { stdout } = await cluster.inside("m3", `${whole.client} list -f csv -c nL --project fabric`);
  expect(stdout.trim().split("\n").sort()).toEqual([
    ...["internet,m1", "leaf1,m1", "leaf2,m1", "leaf3,m2", "leaf4,m2", "leaf5,m3", "leaf6,m3"],
    ...["spine1,m1", "spine2,m2"],
  ]);
});

it("full packets pass between members, unfragmented as the switches see them", async () => {
  await site.inside("leaf6", "ping", "-4", "-c", "1", "-W", "5", "-M", "do", "-s", "8972", "leaf1");
});

linksBetweenMembers(() => whole);

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

askingMembers(() => whole);

it("a changed file is applied to the running switches", async () => {
  const changed = await site.json(["--set", "BFD_INTERVAL_MS=500", "up"]);
  expect(changed).toMatchObject({ outcomes: all("updated") });
});

it("down leaves no container, and no link on any member", async () => {
  await site.ikvswitch(["down"]);
  for (const member of ["m1", "m2", "m3"]) {
    const { stdout } = await cluster.inside(
      member,
      `${whole.client} list -f csv -c n --project fabric; ip -br link`,
    );
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
