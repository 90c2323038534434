import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { pollUntil } from "../../../src/system/poll.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { createSite, projectPath, type Site } from "../../integration/namespace.ts";
import { createOrdinaryUser, type OrdinaryUser } from "../ordinary-user.ts";

const SMALL = ["BACKEND=netns", "NUM_RACKS=1", "NUM_U=4"].flatMap((set) => ["--set", set]);
const TIMEOUT_MS = 300_000;

let site: Site;
let before: HostState;
let uid: number;

beforeEach(async () => {
  site = await createSite();
}, TIMEOUT_MS);

afterEach(async () => {
  // What a failed test has left would be in the way of the next one.
  await site.host.run("pkill", ["-KILL", "-u", String(uid)], { exitCodes: [0, 1] });
  await site.close();
}, TIMEOUT_MS);

async function makeUser(settings: readonly string[]): Promise<OrdinaryUser> {
  const user = await createOrdinaryUser(site.host, settings);
  uid = user.uid;
  before = await captureState(site.host);
  return user;
}

async function expectNothingLeft(user: OrdinaryUser): Promise<void> {
  await pollUntil({ what: "the end of all processes", timeoutMs: 30_000, intervalMs: 200 }, async () => {
    const seen = await user.processes();
    return seen === "" ? { done: true, value: undefined } : { done: false, seen };
  });
  expect(await captureState(site.host)).toEqual(before);
}

/** Returns the pid of the enclosure's first process, in the tests' own PID namespace. */
async function firstProcess(user: OrdinaryUser): Promise<number> {
  const path = `/proc/${site.host.pid}/root${user.runtime}/ikvswitch/ikvswitch/pid`;
  return Number((await readFile(path, "utf8")).split(" ")[0]);
}

it("the shipped fabric of nine switches comes up as planned, and fails over between its racks", async () => {
  const user = await makeUser(["--set", "BACKEND=netns"]);
  await user.ikvswitch(["up"]);
  expect((await user.ikvswitch(["check"])).stdout).toMatch(/^The fabric is as planned/m);
  await user.ikvswitch(["bench", "failover", "--trials", "1"]);
  await user.ikvswitch(["down"]);
  await expectNothingLeft(user);
  await user.close();
});

it("a killed enclosure is found, and leaves nothing to the next command", async () => {
  const user = await makeUser(SMALL);
  await user.ikvswitch(["up"]);
  process.kill(await firstProcess(user), "SIGKILL");
  const { stdout } = await user.ikvswitch(["status"], [4]);
  expect(stdout).toMatch(/^leaf1 .* stopped /m);
  await user.ikvswitch(["up"]);
  await user.ikvswitch(["check", "--wait", "60s"]);
  process.kill(await firstProcess(user), "SIGKILL");
  await user.ikvswitch(["down"]);
  await expectNothingLeft(user);
  await user.close();
});

it.each([100, 300, 700, 1_200, 2_000, 3_000, 4_500])(
  "an `up` that is killed after %i ms leaves nothing that `down` does not remove",
  async (milliseconds) => {
    const user = await makeUser(SMALL);
    const up = user.start(projectPath("bin/ikvswitch"), [...SMALL, "up"]);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    up.kill("SIGKILL");
    await up.output;
    await user.ikvswitch(["down"]);
    await expectNothingLeft(user);
    await user.close();
  },
);

it("the way out comes back when pasta is killed", async () => {
  const user = await makeUser(SMALL);
  await user.ikvswitch(["up"]);
  await site.host.run("pkill", ["-KILL", "-u", `${user.uid}`, "-f", "^pasta "]);
  await user.ikvswitch(["enter", "sh", "-c", "until ip route show default | grep -q .; do sleep 0.1; done"]);
  await user.ikvswitch(["up"]);
  await user.ikvswitch(["check", "--wait", "60s"]);
  await user.ikvswitch(["down"]);
  await user.close();
});

it("two commands at once make one enclosure", async () => {
  const user = await makeUser(SMALL);
  const [one, other] = await Promise.all([
    user.ikvswitch(["enter", "sh", "-c", "readlink /proc/self/ns/net; sleep 3"]),
    user.ikvswitch(["enter", "sh", "-c", "readlink /proc/self/ns/net; sleep 3"]),
  ]);
  expect(one.stdout).toBe(other.stdout);
  await expectNothingLeft(user);
  await user.close();
});

it(
  "the README's commands bring up servers in two racks that reach each other by IPv4 and IPv6",
  async () => {
    const user = await makeUser([]);
    const product = `${user.home}/ikvswitch`;
    const images = `${user.home}/.cache/ikvswitch/images`;
    // As built by scripts/setup in a clone of the user's; the image is root's.
    const parts = ["bin", "dist", "etc", "guest", "libexec", "templates", "package.json"].map(projectPath);
    await user.run("mkdir", ["-p", product, images]);
    await user.run("cp", ["-r", ...parts, product]);
    await site.host.shell(
      `cp -r /var/cache/ikvswitch-test/images/* ${images} && chown -R ${user.uid} ${images}`,
    );
    const ikvswitch = (...words: string[]) => user.run(`${product}/bin/ikvswitch`, words);
    await ikvswitch("up", "--backend", "netns");
    expect((await ikvswitch("ssh", "leaf3", "hostname")).stdout).toBe("leaf3\n");
    await ikvswitch("vm", "create", "-t", "server", "--count", "2", "--start");
    const reach = (target: string, source: string) =>
      pollUntil({ what: `a way to ${target}`, timeoutMs: TIMEOUT_MS, intervalMs: 2_000 }, async () => {
        const ping = ["ping", "-n", "-c", "1", "-W", "2", "-I", source, target];
        const words = ["vm", "exec", "server1", ...ping];
        const { exitCode, stdout, stderr } = await user.run(`${product}/bin/ikvswitch`, words, {
          exitCodes: [0, 1, 2, 3],
        });
        return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: stdout + stderr };
      });
    const listed = async () =>
      JSON.parse((await ikvswitch("vm", "ls", "--json")).stdout).vms as readonly Readonly<
        Record<string, unknown>
      >[];
    const vms = await pollUntil(
      { what: "both sessions", timeoutMs: TIMEOUT_MS, intervalMs: 2_000 },
      async () => {
        const seen = await listed();
        return seen.every(({ announced }) => announced !== null)
          ? { done: true, value: seen }
          : { done: false, seen: JSON.stringify(seen) };
      },
    );
    expect(vms.map(({ rack }) => rack)).toEqual([1, 2]);
    const [one, two] = vms.map(({ announced, rack, position }) => ({
      ipv4: `${announced}`,
      ipv6: `fd69:6b76:7377:e::${rack}:${position}`,
    }));
    await reach(`${two?.ipv4}`, `${one?.ipv4}`);
    await reach(`${two?.ipv6}`, `${one?.ipv6}`);
    await ikvswitch("vm", "rm", "--force", "server1", "server2");
    await ikvswitch("down");
    await expectNothingLeft(user);
    await user.close();
  },
  2 * TIMEOUT_MS,
);
