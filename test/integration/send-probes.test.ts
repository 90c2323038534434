import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { patiently } from "../patience.ts";
import { createNamespace, type Namespace, projectPath } from "./namespace.ts";

/*
 *  a ── b      MTU 1500; 10.0.0.1 and .2, fd00::1 and ::2, fe80::1 and ::2
 */

const PROGRAM = projectPath("libexec/send-probes");
/** As long as any test waits; the program ends as soon as all are answered. */
const SECONDS = String(patiently(10_000) / 1000);

let a: Namespace;
let b: Namespace;

beforeAll(async () => {
  [a, b] = await Promise.all([createNamespace(), createNamespace()]);
  await a.shell(`ip link add a0 type veth peer name b0 netns ${b.pid}`);
  await Promise.all([a.shell(setUp("a0", 1)), b.shell(setUp("b0", 2))]);
});

afterAll(async () => {
  await Promise.all([a?.close(), b?.close()]);
});

describe("send-probes", () => {
  it("prints each address that answers, of both families, whatever the size", async () => {
    const probes = [
      "10.0.0.2 84",
      "10.0.0.2 1500",
      "10.0.0.2 85",
      "fd00::2 84",
      "fe80::2%a0 1500",
      "127.0.0.1 9000",
    ];
    expect(await probe(SECONDS, probes)).toEqual([...probes].sort());
  });

  it("repeats a probe until it is answered", async () => {
    await b.shell("echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all");
    const answers = probe(SECONDS, ["10.0.0.2 84"]);
    // Reading the counter shows that the first was sent in vain.
    await b.shell("until grep '^Icmp: [1-9]' /proc/net/snmp; do sleep 0.1; done; sleep 0.5");
    await b.shell("echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_all");
    expect(await answers).toEqual(["10.0.0.2 84"]);
  });

  it("prints no address that does not answer, that has no route, or to which the packet is too large", async () => {
    const unanswered = [
      "10.0.0.3 84",
      "192.0.2.1 84",
      "10.0.0.2 1501",
      "fe80::2%a0 1501",
      "fe80::3%a0 84",
      "nobody 84",
    ];
    expect(await probe("1", ["10.0.0.2 84", ...unanswered])).toEqual(["10.0.0.2 84"]);
  });

  it("takes no packet for an answer but the whole one, from the address that was asked", async () => {
    // The probe of 10.0.0.3 is answered by 10.0.0.2, since its source is translated.
    await b.shell(`
      ip address add 10.0.0.3/32 dev lo
      nft add table ip t
      nft 'add chain ip t out { type filter hook output priority raw; }'
      nft add rule ip t out ip saddr 10.0.0.3 ip saddr set 10.0.0.2 notrack`);
    expect(await probe("1", ["10.0.0.3 84"])).toEqual([]);
    await b.shell("nft delete table ip t");
    expect(await probe(SECONDS, ["10.0.0.3 84"])).toEqual(["10.0.0.3 84"]);
  });

  it("probes a hundred addresses at once", async () => {
    const addresses = Array.from({ length: 100 }, (_, at) => `10.1.0.${at + 1}`);
    await b.shell(addresses.map((address) => `ip address add ${address}/32 dev lo`).join("\n"));
    await a.shell("ip route add 10.1.0.0/24 via 10.0.0.2");
    const probes = addresses.flatMap((address) => [`${address} 84`, `${address} 1500`]);
    expect(await probe(SECONDS, probes)).toEqual([...probes].sort());
  });

  it("works as a text that a perl reads", async () => {
    const input = await readFile(PROGRAM, "utf8");
    const { stdout } = await a.run("perl", ["-", SECONDS, "10.0.0.2 84"], { input });
    expect(stdout).toBe("10.0.0.2 84\n");
  });
});

/** Runs the program in `a`, and returns its lines, sorted. */
async function probe(seconds: string, probes: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr } = await a.run(PROGRAM, [seconds, ...probes]);
  expect(stderr).toBe("");
  return stdout.split("\n").slice(0, -1).sort();
}

function setUp(port: string, last: number): string {
  return `
    echo 0 >/proc/sys/net/ipv6/conf/${port}/accept_dad
    echo 0 >/proc/sys/net/ipv6/conf/${port}/dad_transmits
    ip link set ${port} addrgenmode none
    ip address add 10.0.0.${last}/24 dev ${port}
    ip address add fd00::${last}/64 dev ${port} nodad
    ip address add fe80::${last}/64 dev ${port} nodad
    ip link set ${port} up`;
}
