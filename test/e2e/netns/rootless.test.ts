import { afterAll, beforeAll, expect, it } from "vitest";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { createSite, OUTSIDE_ADDRESS, projectPath, type Site } from "../../integration/namespace.ts";
import { createOrdinaryUser, type OrdinaryUser } from "../ordinary-user.ts";

//   outside ── host ── pasta ── enclosure ── internet ── spine1, spine2 ── leaf1, leaf2
//
// An ordinary user of the host brings the fabric up in an enclosure. Tests run in this order; the last one takes the
// fabric down.

const SETTINGS = ["BACKEND=netns", "NUM_RACKS=1", "NUM_U=4"].flatMap((set) => ["--set", set]);
const TIMEOUT_MS = 120_000;

let site: Site;
let user: OrdinaryUser;
let other: OrdinaryUser;
let before: HostState;

beforeAll(async () => {
  site = await createSite();
  user = await createOrdinaryUser(site.host, SETTINGS);
  other = await createOrdinaryUser(site.host, SETTINGS, user.uid + 1);
  before = await captureState(site.host);
  await user.ikvswitch(["up"]);
}, TIMEOUT_MS);

afterAll(async () => {
  await user.ikvswitch(["down"]);
  await Promise.all([user.close(), other.close(), site.close()]);
}, TIMEOUT_MS);

it("an ordinary user's fabric is as planned", async () => {
  const { stdout } = await user.ikvswitch(["check"]);
  expect(stdout).toMatch(/^The fabric is as planned: \d+ checks/m);
  expect(stdout).toMatch(/^lldp +12 +0 +0$/m);
});

it("commands work from outside of the enclosure, with their input, output and exit codes", async () => {
  expect((await user.ikvswitch(["ssh", "leaf1", "hostname"])).stdout).toBe("leaf1\n");
  expect((await user.ikvswitch(["exec", "leaf2", "sh", "-c", "echo $0 1>&2; exit 9"], [9])).stderr).toBe(
    "sh\n",
  );
  expect((await user.ikvswitch(["enter", "sh", "-c", "id -u; exit 7"], [7])).stdout).toBe("0\n");
  const cat = [...SETTINGS, "enter", "--", "cat"];
  expect(await user.run(projectPath("bin/ikvswitch"), cat, { input: "as it is\n" })).toMatchObject({
    stdout: "as it is\n",
  });
});

it("plain ssh works with the lines of ssh-config, which are the user's own files", async () => {
  const { stdout } = await user.ikvswitch(["ssh-config"]);
  await user.ikvswitch(["ssh-config", "--install"]);
  const files = ["config", "ikvswitch"].map((name) => `${user.home}/.ssh/${name}`);
  expect((await user.run("cat", files)).stdout).toContain(stdout);
  const stat = await user.run("stat", ["-c", "%a %u", `${user.home}/.ssh`, ...files]);
  expect(stat.stdout).toBe(`700 ${user.uid}\n600 ${user.uid}\n600 ${user.uid}\n`);
  // ssh reads the files of the user's home in /etc/passwd.
  expect((await user.run("ssh", ["spine1", "hostname"])).stdout).toBe("spine1\n");
  await user.ikvswitch(["ssh-config", "--remove"]);
  expect((await user.run("cat", [`${user.home}/.ssh/config`])).stdout).toBe("");
  expect((await user.ikvswitch(["hosts", "--install"], [2])).stderr).toContain("ssh-config --install");
});

it("switches reach the outside by the user's own connections", async () => {
  const listener = site.outside.start("perl", [
    "-MIO::Socket::INET",
    "-e",
    '$| = 1; my $s = IO::Socket::INET->new(LocalPort => 7777, Listen => 1); print "listens\n"; my $c = $s->accept; print $c->peerhost, " ", scalar <$c>',
  ]);
  await new Promise<void>((resolve) => listener.watch((text) => text.includes("listens") && resolve()));
  await user.ikvswitch(["exec", "leaf1", "bash", "-c", `echo hello >/dev/tcp/${OUTSIDE_ADDRESS}/7777`]);
  expect((await listener.output).stdout).toContain("203.0.113.2 hello");
});

it("a namespace that is plugged in has its leaf as a neighbor", async () => {
  const { stdout } = await user.ikvswitch(["plug", "1", "3", "--format", "netns"]);
  const script = `${stdout}
    for port in eth0 eth1; do ip netns exec server1-3 ping -c 1 -w 10 ff02::1%$port; done
    ip netns delete server1-3`;
  await user.ikvswitch(["enter", "sh", "-ec", script]);
});

it("the host's network gains nothing while the fabric runs", async () => {
  const { files: _, ...now } = await captureState(site.host);
  const { files: __, ...then } = before;
  expect(now).toEqual(then);
});

it("other users can neither enter nor read the enclosure's folder", async () => {
  const [pid = "", start = ""] = (
    await user.run("cat", [`${user.runtime}/ikvswitch/ikvswitch/pid`])
  ).stdout.split(/\s/);
  const enter = ["-c", 'exec perl "$0" "$@" 3>/dev/null', projectPath("libexec/enclosure/enter")];
  const refused = await other.run("sh", [...enter, other.home, pid, start, "--", "true"], {
    exitCodes: [125],
  });
  expect(refused.stderr).toContain("can't enter the enclosure: Operation not permitted");
  await other.run("ls", [user.runtime], { exitCodes: [2] });
});

it("down leaves no process and no file but the user's state", async () => {
  await user.ikvswitch(["down"]);
  expect(await user.processes()).toBe("");
  expect((await user.run("find", [user.runtime, "-mindepth", "1"])).stdout).toBe("");
  expect((await user.run("ls", [`${user.home}/.local/state/ikvswitch`])).stdout).toBe(
    "identity\nimages\nssh\n",
  );
  expect(await captureState(site.host)).toEqual(before);
});
