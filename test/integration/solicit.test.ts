import { afterEach, beforeEach, expect, it } from "vitest";
import { patiently } from "../patience.ts";
import { createNamespace, type Namespace, projectPath, type Started } from "./namespace.ts";

/*
 *  a, a switch ── b, its neighbor
 */

let a: Namespace;
let b: Namespace;
const running: Started[] = [];

beforeEach(async () => {
  [a, b] = await Promise.all([createNamespace(), createNamespace()]);
  await a.shell(`
    echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
    mkdir /run/frr
    printf 'router bgp 65000\\n neighbor a0 interface peer-group FABRIC\\n neighbor a1 interface peer-group SERVERS\\n' \
      >/run/frr/frr.conf
    mount --bind /run/frr /etc/frr
    ip link add a0 type veth peer name b0 netns ${b.pid}
    ip link add a1 type veth peer name b1 netns ${b.pid}
    ip link set a0 up
    ip link set a1 up`);
  await b.shell("ip link set b0 up; ip link set b1 up");
});

afterEach(async () => {
  for (const program of running.splice(0)) {
    program.kill("SIGKILL");
    await program.output;
  }
  await Promise.all([a?.close(), b?.close()]);
});

it("solicits on the ports towards switches, once zebra can hear the answer, until an advertisement arrives", async () => {
  await startPerl(a, listenAsZebra("a0"));
  await startPerl(b, answerSolicitations("b0"));
  await a.run("timeout", [`${patiently(10_000) / 1000}`, "perl", projectPath("guest/netns/solicit")]);
  expect(await counter(a, "Icmp6InRouterAdvertisements")).toBeGreaterThan(0);
  expect(await counter(a, "Icmp6OutRouterSolicits")).toBeGreaterThan(0);
});

it("does not solicit as long as zebra does not listen, nor on ports towards servers", async () => {
  await startPerl(a, listenAsZebra("a1"));
  await a.run("timeout", ["1", "perl", projectPath("guest/netns/solicit")], { exitCodes: [124] });
  expect(await counter(a, "Icmp6OutRouterSolicits")).toBe(0);
});

/** Joins the group of all routers on a port, as zebra does. */
function listenAsZebra(port: string): string {
  return `${SOCKET}
    my $index = index_of('${port}');
    setsockopt $socket, 41, 20, inet_pton(AF_INET6, 'ff02::2') . pack('I', $index) or die "join: $!";
    print "ready\\n";
    sleep 600;`;
}

/** Sends an advertisement for each solicitation. */
function answerSolicitations(port: string): string {
  return `${SOCKET}
    my $index = index_of('${port}');
    setsockopt $socket, 41, 20, inet_pton(AF_INET6, 'ff02::2') . pack('I', $index) or die "join: $!";
    setsockopt $socket, 41, 18, 255 or die "hops: $!";
    print "ready\\n";
    while (defined recv $socket, my $message, 1500, 0) {
      next unless ord($message) == 133;
      send $socket, pack('C x15', 134), 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, 'ff02::1'), $index);
    }`;
}

const SOCKET = `
  use strict;
  use warnings;
  use Socket qw(AF_INET6 SOCK_RAW inet_pton pack_sockaddr_in6);
  $| = 1;
  socket my $socket, AF_INET6, SOCK_RAW, 58 or die "socket: $!";
  sub index_of { open my $file, '<', "/sys/class/net/$_[0]/ifindex" or die "$_[0]: $!"; return int readline $file }
`;

/** Starts a Perl program, and returns when it says that it is ready. */
async function startPerl(where: Namespace, text: string): Promise<void> {
  const program = where.start("perl", ["-e", text]);
  running.push(program);
  const ready = new Promise<void>((resolve) => program.watch((said) => said.includes("ready") && resolve()));
  const failed = program.output.then(({ stderr }) => {
    throw new Error(`perl ended: ${stderr}`);
  });
  failed.catch(() => {});
  await Promise.race([ready, failed]);
}

async function counter(where: Namespace, name: string): Promise<number> {
  const { stdout } = await where.run("cat", ["/proc/net/snmp6"]);
  return Number(new RegExp(`^${name}\\s+(\\d+)`, "m").exec(stdout)?.[1]);
}
