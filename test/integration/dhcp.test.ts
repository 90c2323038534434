import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { addReservations, parseReservation } from "../../src/fabric/reservations.ts";
import { parseKeaAnswer, parseLeases } from "../../src/leases/kea-answer.ts";
import type { Lease } from "../../src/leases/lease.ts";
import { localHost } from "../../src/system/local-host.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { shippedConfig } from "../fabric/config.ts";
import { contentOf, nodeOf, render } from "../render/site.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

/**
 * leaf1's DHCP: Kea with the rendered configuration, started as in a switch, serves a real client.
 *
 *     client nic ── dhcp0 leaf1          (a veth pair, where the switch has a bridge)
 */
const RESERVED_MAC = "52:54:00:00:00:01";
const fabric = planFabric(shippedConfig({ DHCP_RESERVATIONS: [`${RESERVED_MAC}=192.168.110.5=deploy`] }));
const host = localHost();
let folder: string;
let leaf: NamespacedHost;
let client: NamespacedHost;
let kea: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-dhcp-"));
  const files = render(fabric, nodeOf(fabric, "leaf1"));
  await host.writeFile(`${folder}/kea-dhcp4.conf`, contentOf(files, "/etc/kea/kea-dhcp4.conf"));
  await host.writeFile(`${folder}/report`, REPORT, 0o755);
  await host.writeFile(`${folder}/store`, "");
  [leaf, client] = await Promise.all([namespacedHost(), namespacedHost()]);
  const [option = ""] = client.inside({ file: "true", args: [] }).args;
  const lines = [
    `link add name dhcp0 type veth peer name nic netns ${option.replace("--net=", "")}`,
    "address add 192.168.110.1/24 dev dhcp0",
    "link set dhcp0 up",
  ];
  await leaf.host.run({ file: "ip", args: ["-batch", "-"], input: lines.join("\n") });
  kea = await startKea();
});

afterAll(async () => {
  await host.kill(kea, "SIGKILL");
  await leaf?.close();
  await client?.close();
  await host.remove(folder);
});

describe("DHCP on a left leaf", () => {
  it("gives an address of the pool, the router, IPv4 resolvers and the domain", async () => {
    const lease = await askForLease({ mac: "52:54:00:00:00:77" });
    expect(lease.ip_address).toMatch(/^192\.168\.110\.\d+$/);
    const last = Number(lease.ip_address?.split(".")[3]);
    expect(last).toBeGreaterThanOrEqual(20);
    expect(last).toBeLessThanOrEqual(250);
    expect(lease).toMatchObject({
      subnet_mask: "255.255.255.0",
      routers: "192.168.110.1",
      domain_name_servers: "192.0.2.53",
      domain_name: fabric.domain,
      next_server: "192.168.100.2",
    });
    expect(lease.filename).toBeUndefined();
  });

  it("gives a reserved address and name to the client that they are reserved for", async () => {
    const lease = await askForLease({ mac: RESERVED_MAC });
    expect(lease).toMatchObject({ ip_address: "192.168.110.5", host_name: "deploy" });
  });

  it.each([
    ["a BIOS", "send arch 0;", "undionly.kpxe"],
    ["UEFI on x64", "send arch 7;", "ipxe.efi"],
    ["UEFI on x64, as some say it", "send arch 9;", "ipxe.efi"],
    ["UEFI on Arm", "send arch 11;", "ipxe-arm64.efi"],
    ["iPXE started by a BIOS", 'send arch 0; send user-class "iPXE";', "http://192.168.100.2/boot.ipxe"],
    ["iPXE started by UEFI", 'send arch 7; send user-class "iPXE";', "http://192.168.100.2/boot.ipxe"],
    [
      "iPXE as RFC 3004 wants it",
      'send arch 7; send user-class "\\004iPXE";',
      "http://192.168.100.2/boot.ipxe",
    ],
  ])("gives %s its boot file and the server's address", async (_who, asks, filename) => {
    const lease = await askForLease({ mac: "52:54:00:00:00:88", asks });
    expect(lease).toMatchObject({ filename, next_server: "192.168.100.2" });
  });

  it.each([
    ["x86-64", 16, "http://192.168.100.2/ipxe.efi"],
    ["Arm", 19, "http://192.168.100.2/ipxe-arm64.efi"],
  ])(
    "gives UEFI on %s that boots over HTTP a URL, as the vendor class that it takes",
    async (_who, code, url) => {
      const asks = `send arch ${code}; send vendor-class-identifier "HTTPClient:Arch:000${code}:UNDI:003001";`;
      const lease = await askForLease({ mac: "52:54:00:00:00:88", asks });
      expect(lease).toMatchObject({ filename: url, vendor_class_identifier: "HTTPClient" });
    },
  );

  it("tells its leases through its control socket, and takes reservations without a restart", async () => {
    const { ip_address } = await askForLease({ mac: "52:54:00:00:00:66" });
    const leases = parseLeases(await askKea("lease4-get-all"), Date.now() / 1000);
    expect(leases).toContainEqual(
      expect.objectContaining({ address: ip_address, mac: "52:54:00:00:00:66", state: "active" }),
    );
    const { fabric: changed } = addReservations(fabric, [
      parseReservation("52:54:00:00:00:55=192.168.110.6=web1"),
    ]);
    const files = render(changed, nodeOf(changed, "leaf1"));
    await host.writeFile(`${folder}/kea-dhcp4.conf`, contentOf(files, "/etc/kea/kea-dhcp4.conf"));
    parseKeaAnswer("config-reload", await askKea("config-reload"));
    expect(await askForLease({ mac: "52:54:00:00:00:55" })).toMatchObject({
      ip_address: "192.168.110.6",
      host_name: "web1",
    });
    expect(parseLeases(await askKea("lease4-get-all"), Date.now() / 1000).length).toBeGreaterThan(
      leases.length,
    );
    await host.writeFile(`${folder}/kea-dhcp4.conf`, "{");
    const refused = await askKea("config-reload");
    await host.writeFile(`${folder}/kea-dhcp4.conf`, contentOf(files, "/etc/kea/kea-dhcp4.conf"));
    expect(() => parseKeaAnswer("config-reload", refused)).toThrow(CommandError);
  });

  it("gives a client the same address whatever client ID it sends", async () => {
    const first = await askForLease({
      mac: "52:54:00:00:00:99",
      asks: 'send dhcp-client-identifier "firmware";',
    });
    const second = await askForLease({
      mac: "52:54:00:00:00:99",
      asks: 'send dhcp-client-identifier "system";',
    });
    expect(second.ip_address).toBe(first.ip_address);
  });
});

describe("the leases of a left leaf", () => {
  it.each([
    ["the switch", "52:54:00:00:01:01", async () => kea],
    ["Kea", "52:54:00:00:01:02", keaItself],
  ])("survive the end of %s, and a new client gets an address that no other has", async (_what, mac, pid) => {
    const before = await leases();
    expect(before.length).toBeGreaterThan(3);
    const ending = [kea, await keaItself()];
    // Leases of the last second may not be in the store yet.
    await pause(1_500);
    await host.kill(await pid(), "SIGKILL");
    // Each of the two ends with the other one.
    await pollUntil({ what: "the end of both", timeoutMs: 30_000, intervalMs: 20 }, async () => {
      const left = (await Promise.all(ending.map((pid) => host.stat(`/proc/${pid}`)))).filter(Boolean);
      return left.length === 0
        ? { done: true, value: undefined }
        : { done: false, seen: `${left.length} processes` };
    });
    kea = await startKea();
    expect(await leases()).toEqual(before);
    const newest = await askForLease({ mac });
    expect(before.map(({ address }) => address)).not.toContain(newest.ip_address);
    const [first] = before;
    expect(await askForLease({ mac: first?.mac ?? "" })).toMatchObject({ ip_address: first?.address });
  });
});

/** Returns the leases as soon as Kea answers, in the order of their addresses. */
async function leases(): Promise<readonly Lease[]> {
  const answer = await pollUntil({ what: "Kea", timeoutMs: 30_000, intervalMs: 100 }, async () =>
    askKea("lease4-get-all").then(
      (value) => ({ done: true, value }),
      (error: Error) => ({ done: false, seen: error.message }),
    ),
  );
  return [...parseLeases(answer, Date.now() / 1000)].sort((a, b) => a.address.localeCompare(b.address));
}

/** Returns the pid of Kea, a child of the program that starts it. */
async function keaItself(): Promise<number> {
  return Number(await host.readFile(`/proc/${kea}/task/${kea}/children`));
}

/** A script for dhclient, which passes the lease in variables. The script only prints them and configures nothing. */
const REPORT = `#!/bin/sh
[ "$reason" = BOUND ] && env | grep ^new_ >"$0.lease"
exit 0
`;

async function startKea(): Promise<number> {
  const log = `${folder}/kea.log`;
  // Kea has fixed folders, which a Kea of this machine may use, so these are mounted over. It refuses a control socket in
  // a folder that others may enter.
  const script = `
    for dir in /var/lib/kea /run/kea; do mkdir -p $dir && mount -t tmpfs -o mode=0750 tmpfs $dir; done
    mkdir -p /etc/kea && mount --bind ${folder} /etc/kea
    exec "$@"`;
  const args = ["--mount", "sh", "-c", script, "sh", guestProgram("serve-dhcp"), `${folder}/store`];
  const { pid } = await leaf.host.spawn({ file: "unshare", args }, log);
  return pid;
}

/** Asks Kea, whose control socket is in its mount namespace, with the program that switches have. */
async function askKea(command: string): Promise<string> {
  const words = [guestProgram("ask-kea"), "5", JSON.stringify({ command })];
  const args = [`--target=${kea}`, "--mount", "--", ...words];
  return (await host.run({ file: "nsenter", args })).stdout;
}

const guestProgram = (name: string) => new URL(`../../guest/common/${name}`, import.meta.url).pathname;

/** Requests a lease. The client repeats its request until the server is ready. */
async function askForLease(machine: { mac: string; asks?: string }): Promise<Record<string, string>> {
  await client.host.run({ file: "ip", args: ["link", "set", "nic", "down", "address", machine.mac] });
  await client.host.run({ file: "ip", args: ["link", "set", "nic", "up"] });
  const conf = [
    "option arch code 93 = unsigned integer 16;",
    "option user-class code 77 = string;",
    "timeout 60; initial-interval 1; backoff-cutoff 2;",
    "request subnet-mask, routers, domain-name-servers, domain-name, host-name, vendor-class-identifier;",
    machine.asks ?? "",
  ];
  await host.writeFile(`${folder}/client.conf`, conf.join("\n"));
  await host.remove(`${folder}/leases`);
  await host.remove(`${folder}/client.pid`);
  await host.remove(`${folder}/report.lease`);
  const files = ["-cf", `${folder}/client.conf`, "-lf", `${folder}/leases`, "-pf", `${folder}/client.pid`];
  await client.host.run({ file: "dhclient", args: ["-4", "-1", "-sf", `${folder}/report`, ...files, "nic"] });
  // Once it has a lease it continues in the background, and writes its pid there.
  const pid = await pollUntil({ what: "dhclient's pid", timeoutMs: 30_000, intervalMs: 20 }, async () => {
    const text = (await host.readFile(`${folder}/client.pid`)) ?? "";
    return text.endsWith("\n") ? { done: true, value: Number(text) } : { done: false, seen: text };
  });
  await host.kill(pid, "SIGKILL");
  const report = (await host.readFile(`${folder}/report.lease`)) ?? "";
  return Object.fromEntries(
    [...report.matchAll(/^new_(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
}
