import { afterAll, beforeAll, expect, it } from "vitest";
import { patiently } from "../../patience.ts";
import { type FabricSite, STATE_DIR } from "../fabric-site.ts";
import type { TestCluster } from "./cluster.ts";
import { all, createMemberSite, type MemberSite } from "./member-site.ts";

let whole: MemberSite;
let site: FabricSite;
let cluster: TestCluster;

beforeAll(async () => {
  whole = await createMemberSite();
  ({ site, cluster } = whole);
  await site.ikvswitch(["trust", await cluster.token()]);
  await site.ikvswitch(["up"]);
});

afterAll(() => whole?.close());

const MEMBERS = ["m1", "m2", "m3"];
const OWED = `${STATE_DIR}/owed.json`;
const MISSING = /m3 does not answer \(.*\), so these are missing: leaf5 and leaf6 \(rack 3\)/;

interface Status {
  readonly asPlanned: boolean;
  readonly lost: readonly {
    readonly name: string;
    readonly isDown: boolean;
    readonly switches: readonly string[];
  }[];
  readonly switches: readonly { readonly name: string; readonly state: string }[];
}

interface Up extends Status {
  readonly outcomes: Readonly<Record<string, string>>;
}

const status = async () => (await site.json(["status"], [0, 4])) as Status;

/** Runs `up`, which ends with this exit code. */
async function up(exitCode: number, ...words: readonly string[]) {
  const { stdout, stderr } = await site.ikvswitch(["--json", ...words, "up"], [exitCode]);
  if (stdout === "") {
    throw new Error(`it has no report:\n${stderr}`);
  }
  return { ...(JSON.parse(stdout) as Up), stderr };
}

const isDown = (member: string) => (seen: Status) =>
  seen.lost.some((one) => one.name === member && one.isDown);

/** Returns the time until `status` says something, and all that it says then. */
async function noticed(what: (seen: Status) => boolean) {
  const since = Date.now();
  for (;;) {
    const seen = await status();
    if (what(seen) || Date.now() - since > patiently(90_000)) {
      return { ms: Date.now() - since, seen };
    }
  }
}

/** Lists the instances with their members, and the names of all members' devices. */
async function leftOn(members: readonly string[]) {
  const { stdout } = await cluster.inside(members[0] ?? "", "incus list -f csv -c nL --project fabric");
  const links = await Promise.all(
    members.map(async (member) => (await cluster.inside(member, "ip -br link")).stdout.split("\n")),
  );
  return {
    instances: stdout.split("\n").filter((line) => line !== ""),
    links: links.map((lines) => lines.map((line) => line.split(/[ @]/)[0]).filter((name) => name !== "")),
  };
}

it("status names a lost member and its switches soon, and still answers for the others", async () => {
  await cluster.kill("m3");
  expect((await noticed(isDown("m3"))).ms).toBeLessThan(patiently(15_000));
  // The others may have to elect a new leader of their cluster first.
  const { seen } = await noticed(({ lost }) => lost.length === 1);
  expect(seen.lost).toEqual([{ name: "m3", isDown: true, switches: ["leaf5", "leaf6"] }]);
  expect(seen.asPlanned).toBe(false);
  const states = Object.fromEntries(seen.switches.map(({ name, state }) => [name, state]));
  expect(states).toEqual(all("running", { leaf5: "silent", leaf6: "silent" }));
  const { stdout } = await site.ikvswitch(["status"], [4]);
  expect(stdout).toMatch(/^leaf6 .* member down /m);
  expect(stdout).toMatch(/^m3 does not answer: nothing is known of leaf5, leaf6/m);
});

it("up without a member brings up the rest, and ends with an error that names what is missing", async () => {
  await site.ikvswitch(["node", "stop", "leaf3"]);
  const { leaf5, leaf6, ...rest } = all("kept", { leaf3: "started" });
  const { outcomes, stderr } = await up(1);
  expect(outcomes).toEqual(rest);
  expect(stderr).toMatch(MISSING);
  expect(JSON.parse(stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({
    error: { kind: "members", fix: "ikvswitch up", exitCode: 1 },
  });
  expect([leaf5, leaf6]).toEqual(["kept", "kept"]);
});

it("up mends a member that has returned, and nothing else", async () => {
  await cluster.start("m3");
  expect((await up(0)).outcomes).toEqual(all("kept", { leaf5: "started", leaf6: "started" }));
  expect(await status()).toMatchObject({ asPlanned: true, lost: [] });
  await site.inside("leaf6", "ping", "-4", "-c", "1", "-W", "5", "-M", "do", "-s", "8972", "leaf1");
});

it("a member that hangs is lost, too, and none of its switches is started again", async () => {
  await cluster.freeze("m3");
  expect((await noticed(isDown("m3"))).ms).toBeLessThan(patiently(15_000));
  const { outcomes, stderr } = await up(1);
  expect(Object.keys(outcomes)).toHaveLength(7);
  expect(stderr).toMatch(MISSING);
  await cluster.thaw("m3");
  expect((await up(0)).outcomes).toEqual(all("kept"));
  expect(await status()).toMatchObject({ asPlanned: true, lost: [] });
});

it("PLACE moves switches from a lost member, and their old containers go when it returns", async () => {
  await cluster.kill("m3");
  const place = ["--set", "PLACE=rack3=m2"];
  const moved = await up(0, ...place);
  expect(moved.outcomes).toEqual(all("kept", { leaf5: "started", leaf6: "started" }));
  expect(moved.asPlanned).toBe(true);
  expect(await site.inside("leaf5", "hostname")).toBe("leaf5\n");
  await cluster.start("m3");
  expect((await up(0, ...place)).outcomes).toEqual(all("kept"));
  const { instances, links } = await leftOn(["m3"]);
  expect(instances).toHaveLength(9);
  expect(instances.filter((line) => /leaf[56]/.test(line))).toEqual(["leaf5-2,m2", "leaf6-2,m2"]);
  expect(links).toEqual([["lo", "eth0"]]);
  expect((await up(0)).outcomes).toMatchObject({ leaf4: "kept", leaf5: "restarted", leaf6: "restarted" });
  expect(await status()).toMatchObject({ asPlanned: true });
});

it("nothing is changed while the member of the internet router is lost", async () => {
  await cluster.kill("m1");
  const { ms, seen } = await noticed(isDown("m1"));
  expect(ms).toBeLessThan(patiently(15_000));
  expect(seen.lost[0]).toEqual({
    ...{ name: "m1", isDown: true },
    switches: ["internet", "spine1", "leaf1", "leaf2"],
  });
  const { stderr } = await site.ikvswitch(["up"], [3]);
  expect(stderr).toMatch(/m1 is down: .*\n.*the internet router is placed there/);
  await cluster.start("m1");
  expect((await up(0)).outcomes).toEqual(
    all("kept", { internet: "started", spine1: "started", leaf1: "started", leaf2: "started" }),
  );
});

it("up finishes what down could not remove from a lost member", async () => {
  await cluster.kill("m3");
  const { stderr } = await site.ikvswitch(["down"], [1]);
  expect(stderr).toMatch(/m3 does not answer; left there: leaf5, leaf6, its links\n.*'ikvswitch down' again/);
  expect(await leftOn(["m1", "m2"])).toEqual({
    instances: ["leaf5,m3", "leaf6,m3"],
    links: [
      ["lo", "eth0"],
      ["lo", "eth0"],
    ],
  });
  expect((await site.host.shell(`stat -c %a ${OWED}`)).stdout).toBe("600\n");
  await cluster.start("m3");
  expect((await up(0)).outcomes).toEqual(all("started"));
  await site.host.run("test", ["!", "-e", OWED]);
});

it("down finishes it, too, and leaves nothing on any member", async () => {
  await cluster.kill("m3");
  await site.ikvswitch(["down"], [1]);
  await site.ikvswitch(["down"], [1]);
  await cluster.start("m3");
  await site.ikvswitch(["down"]);
  expect(await leftOn(MEMBERS)).toEqual({ instances: [], links: MEMBERS.map(() => ["lo", "eth0"]) });
  await site.host.run("test", ["!", "-e", OWED]);
});
