import { afterAll, beforeAll, expect, it } from "vitest";
import { Address } from "../../../src/net/address.ts";
import { serverFrrConf } from "../../../src/servers/files.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import {
  createSite,
  type Namespace,
  OUTSIDE_ADDRESS,
  projectPath,
  type Site,
} from "../../integration/namespace.ts";
import { createOrdinaryUser, type OrdinaryUser } from "../ordinary-user.ts";

//   outside ── host ── pasta ── enclosure ── internet ── spine1 ── leaf1, leaf2 │ leaf3, leaf4
//                                                                  server1-3       server2-3
//
// An ordinary user of the host brings the fabric up in an enclosure. Servers are plugged in by sockets, from the host's
// network. Later commands need no options: they know those of `up`. Tests run in this order; the last one takes the fabric
// down. BFD is slow, since its daemon has no priority without root.

const SETTINGS = ["BACKEND=netns", "NUM_RACKS=2", "NUM_SPINES=1", "NUM_U=4", "BFD_INTERVAL_MS=1000"].flatMap(
  (set) => ["--set", set],
);
const TIMEOUT_MS = 120_000;
const SSH_PORT = 28_999;

let site: Site;
let user: OrdinaryUser;
let other: OrdinaryUser;
let before: HostState;

beforeAll(async () => {
  site = await createSite();
  user = await createOrdinaryUser(site.host, []);
  other = await createOrdinaryUser(site.host, [], user.uid + 1);
  before = await captureState(site.host);
  await user.ikvswitch([...SETTINGS, "up"]);
}, TIMEOUT_MS);

afterAll(async () => {
  await user.ikvswitch(["down"]);
  await Promise.all([user.close(), other.close(), site.close()]);
}, TIMEOUT_MS);

it("an ordinary user's fabric is as planned", async () => {
  const { stdout } = await user.ikvswitch(["check"]);
  expect(stdout).toMatch(/^The fabric is as planned: \d+ checks/m);
  expect(stdout).toMatch(/^lldp +10 +0 +0$/m);
});

it("commands work from outside of the enclosure, with their input, output and exit codes", async () => {
  expect((await user.ikvswitch(["ssh", "leaf1", "hostname"])).stdout).toBe("leaf1\n");
  expect((await user.ikvswitch(["exec", "leaf2", "sh", "-c", "echo $0 1>&2; exit 9"], [9])).stderr).toBe(
    "sh\n",
  );
  expect((await user.ikvswitch(["enter", "sh", "-c", "id -u; exit 7"], [7])).stdout).toBe("0\n");
  const cat = ["enter", "--", "cat"];
  expect(await user.run(projectPath("bin/ikvswitch"), cat, { input: "as it is\n" })).toMatchObject({
    stdout: "as it is\n",
  });
});

it("plain ssh works with the lines of ssh-config, which are the user's own files", async () => {
  const { stdout } = await user.ikvswitch(["ssh-config"]);
  expect(stdout).toContain(`Host internet\n  HostName 127.0.0.1\n  User root\n  Port ${SSH_PORT}\n`);
  await user.ikvswitch(["ssh-config", "--install"]);
  const files = ["config", "ikvswitch"].map((name) => `${user.home}/.ssh/${name}`);
  expect((await user.run("cat", files)).stdout).toContain(stdout);
  const stat = await user.run("stat", ["-c", "%a %u", `${user.home}/.ssh`, ...files]);
  expect(stat.stdout).toBe(`700 ${user.uid}\n600 ${user.uid}\n600 ${user.uid}\n`);
  // ssh reads the files of the user's home in /etc/passwd.
  expect((await user.run("ssh", ["spine1", "hostname"])).stdout).toBe("spine1\n");
  expect((await user.run("ssh", ["internet", "hostname"])).stdout).toBe("internet\n");
  await user.ikvswitch(["ssh-config", "--remove"]);
  expect((await user.run("cat", [`${user.home}/.ssh/config`])).stdout).toBe("");
  expect((await user.ikvswitch(["hosts", "--install"], [2])).stderr).toContain("ssh-config --install");
});

it("the page is on the host's 127.0.0.1, for those who have its token", async () => {
  const listen = "127.0.0.1:28997";
  const server = user.start(projectPath("bin/ikvswitch"), ["web", "--listen", listen]);
  const url = await new Promise<string>((resolve, reject) => {
    server.watch((text) => /^http/.test(text) && resolve(text.trim()));
    void server.output.then(({ stderr }) => reject(new Error(stderr)));
  });
  const token = url.split("#token=")[1] ?? "";
  const status = async (...words: readonly string[]) =>
    (await site.host.run("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", ...words])).stdout;
  expect(await status(`http://${listen}/`)).toBe("200");
  expect(await status(`http://${listen}/api/v1/plan`)).toBe("401");
  expect(await status("-H", `Authorization: Bearer ${token}`, `http://${listen}/api/v1/plan`)).toBe("200");
  server.kill("SIGINT");
  expect((await server.output).exitCode).toBe(0);
  expect((await site.host.run("ss", ["-Hltn"])).stdout).not.toContain(listen);
});

it("the host has ports for SSH and for each socket on its 127.0.0.1, and no others", async () => {
  const { stdout } = await site.host.run("ss", ["-Hltn"]);
  const ports = (stdout.match(/\S+:\d+(?= )/g) ?? []).toSorted();
  expect(ports).toEqual(Array.from({ length: 10 }, (_, index) => `127.0.0.1:${SSH_PORT + index}`));
});

it("a second fabric is refused while it would have the same ports", async () => {
  const { stderr } = await user.ikvswitch(["--name", "lab", ...SETTINGS, "up"], [3]);
  expect(stderr).toContain(
    "TCP port 29000 (and 8 of the ports that follow) of this host's 127.0.0.1 can't be opened: Address already in use",
  );
  expect(stderr).toContain("set PLUG_PORT_START to another value, or PLUG_SOCKETS=no");
  const alone = ["--set", "PLUG_SOCKETS=no"];
  expect((await user.ikvswitch(["--name", "lab", ...SETTINGS, ...alone, "up"], [3])).stderr).toMatch(
    /TCP port 28999 of .*\n.*\n.*set INTERNET_SSH_PORT to another value, or to 0/,
  );
});

it("servers of plain QEMUs of the host reach each other across the fabric by IPv4 and IPv6", async () => {
  const { vlans } = JSON.parse((await user.ikvswitch(["status", "--json"])).stdout);
  const folder = `${user.runtime}/ikvswitch/ikvswitch/plug`;
  const one = await site.plugIntoSocket("socket,connect=127.0.0.1:29001", {
    address: "10.9.0.1/24",
    mtu: 9000,
  });
  const two = await site.plugIntoSocket(`stream,server=off,addr.type=unix,addr.path=${folder}/2-3-2`, {
    ...{ address: "10.9.0.2/24", mtu: 9000, user: `${user.uid}` },
  });
  await serve(one.machine, { rack: 1, vlans });
  await serve(two.machine, { rack: 2, vlans });
  for (const target of [addressesOf(2).ipv4, addressesOf(2).ipv6]) {
    const source = target.includes(":") ? addressesOf(1).ipv6 : addressesOf(1).ipv4;
    await one.machine.shell(`until ping -n -c 1 -W 1 -I ${source} ${target} >/dev/null; do sleep 0.1; done`);
  }
  const { stdout } = await user.ikvswitch(["ports"]);
  expect(stdout).toMatch(/^ +1 +U3 .*a client by socket/m);
  await site.unplug();
});

it("other users can't use the unix sockets", async () => {
  const folder = `${user.runtime}/ikvswitch/ikvswitch/plug`;
  expect((await user.run("stat", ["-c", "%A %u", folder, `${folder}/1-3-1`])).stdout).toBe(
    `drwxr-x--- ${user.uid}\nsrw-rw---- ${user.uid}\n`,
  );
  const connect = [
    "-MIO::Socket::UNIX",
    "-e",
    'IO::Socket::UNIX->new(shift) or die "$!\\n"',
    `${folder}/1-3-1`,
  ];
  expect((await other.run("perl", connect, { exitCodes: [13] })).stderr).toBe("Permission denied\n");
});

it("commands use the configuration of `up`, also if the user has written another one since", async () => {
  const file = `${user.home}/.config/ikvswitch/ikvswitch.conf`;
  await user.run("sh", ["-c", 'mkdir -p "$(dirname "$1")" && echo NUM_SPINES=2 >"$1"', "sh", file]);
  const { stdout, stderr } = await user.ikvswitch(["status"]);
  expect(stdout.match(/^leaf\d/gm)).toHaveLength(4);
  expect(stdout).toContain("SSH to internet: 127.0.0.1:28999");
  expect(stderr).toMatch(/ikvswitch\.conf has changed since 'up': HOST_VIRTUAL_SUBNET6/);
  const shown = JSON.parse((await user.ikvswitch(["config", "show", "--json"])).stdout);
  expect(shown.file).toBe(file);
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
  // Without the servers' QEMUs.
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

it("down leaves no process, no port and no file but the user's state", async () => {
  await user.ikvswitch(["down"]);
  expect(await user.processes()).toBe("");
  expect((await site.host.run("ss", ["-Hltn"])).stdout).toBe("");
  expect((await user.run("find", [user.runtime, "-mindepth", "1"])).stdout).toBe("");
  expect((await user.run("ls", [`${user.home}/.local/state/ikvswitch`])).stdout).toBe(
    // The first is of the fabric that was refused.
    "fabrics\nidentity\nimages\nssh\n",
  );
  expect(await captureState(site.host)).toEqual(before);
});

/** Addresses that the server at position 3 of a rack announces. */
function addressesOf(rack: number) {
  return { ipv4: `192.168.100.${rack}`, ipv6: `fd69:6b76:7377:e::${rack}:3` };
}

/** Starts FRR in a plugged namespace: it announces the server's addresses to the leaf at eth0. */
async function serve(
  machine: Namespace,
  { rack, vlans }: { readonly rack: number; readonly vlans: boolean },
) {
  const { ipv4, ipv6 } = addressesOf(rack);
  const addresses = { address: Address.from(ipv4), address6: Address.from(ipv6) };
  const conf = serverFrrConf(
    { name: `server${rack}`, ...addresses, asn: 4_210_001_000 + rack, nics: [{ name: "eth0" }] },
    vlans ? 10 : null,
  );
  await machine.shell(
    `
    mount -t tmpfs tmpfs /etc/frr
    mkdir -p /run/frr /var/lib/frr
    ip address add ${ipv4}/32 dev lo
    ip address add ${ipv6}/128 dev lo
    ${vlans ? "ip link add link eth0 name eth0.10 type vlan id 10; ip link set eth0.10 up" : ""}
    printf '%s' "$CONF" >/etc/frr/frr.conf
    touch /etc/frr/vtysh.conf
    chown -R frr:frr /etc/frr /run/frr /var/lib/frr
    /usr/lib/frr/zebra -d
    /usr/lib/frr/bgpd -d
    vtysh -b`,
    { env: { CONF: conf } },
  );
}
