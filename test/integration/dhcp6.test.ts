import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { parseLeases } from "../../src/leases/kea-answer.ts";
import { KEA6_CONF } from "../../src/render/dhcp.ts";
import { FRR_CONF } from "../../src/render/render.ts";
import { localHost } from "../../src/system/local-host.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { shippedConfig } from "../fabric/config.ts";
import { patiently } from "../patience.ts";
import { contentOf, nodeOf, render } from "../render/site.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

/**
 * leaf1's untagged network in IPv6: zebra and Kea with the rendered configuration serve a real client.
 *
 *     client nic ── dhcp0 leaf1          (a veth pair, where the switch has a bridge)
 */
const fabric = planFabric(shippedConfig({ HOST_VIRTUAL_SUBNET6: "fd69:6b76:7377::/48" }));
const NETWORK = "fd69:6b76:7377:a1:";
const MAC = "52:54:00:00:00:77";
const host = localHost();
let folder: string;
let leaf: NamespacedHost;
let client: NamespacedHost;
let daemons: readonly number[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-dhcp6-"));
  const files = render(fabric, nodeOf(fabric, "leaf1"));
  await host.writeFile(`${folder}/kea-dhcp6.conf`, contentOf(files, KEA6_CONF));
  const [advertised = ""] = /^interface dhcp0\n[\s\S]*?^exit$/m.exec(contentOf(files, FRR_CONF)) ?? [];
  await host.writeFile(`${folder}/frr.conf`, `${advertised}\n`, 0o644);
  await host.writeFile(`${folder}/vtysh.conf`, "service integrated-vtysh-config\n", 0o644);
  await host.run({ file: "chmod", args: ["755", folder] });
  [leaf, client] = await Promise.all([namespacedHost(), namespacedHost()]);
  const [option = ""] = client.inside({ file: "true", args: [] }).args;
  const lines = [
    `link add name dhcp0 type veth peer name nic address ${MAC} netns ${option.replace("--net=", "")}`,
    `address add ${NETWORK}:1/64 dev dhcp0 nodad`,
    "link set dhcp0 up",
  ];
  // As in a switch. Neither Kea nor dhclient uses an address that is still tentative.
  const withoutDad = ["-qw", "net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0"];
  await leaf.host.run({ file: "sysctl", args: [...withoutDad, "net.ipv6.conf.all.forwarding=1"] });
  await client.host.run({ file: "sysctl", args: withoutDad });
  await leaf.host.run({ file: "ip", args: ["-batch", "-"], input: lines.join("\n") });
  await client.host.run({ file: "ip", args: ["link", "set", "nic", "up"] });
  daemons = await Promise.all([
    startDaemon("/run/frr /var/lib/frr", "0777", ["sh", "-c", FRR, "sh", folder]),
    // Kea refuses a control socket in a folder that others may enter.
    startDaemon("/run/kea /var/lib/kea", "0750", ["/usr/sbin/kea-dhcp6", "-c", `${folder}/kea-dhcp6.conf`]),
  ]);
}, patiently(60_000));

afterAll(async () => {
  await Promise.all(daemons.map((pid) => host.kill(pid, "SIGKILL")));
  await leaf?.close();
  await client?.close();
  await host.remove(folder);
});

describe("a server on a left leaf's untagged port", () => {
  it(
    "learns its network and the leaf as its router by router advertisements",
    async () => {
      await until(
        "an address and a default route",
        /inet6 fd69:6b76:7377:a1:[\s\S]*default via fe80:/,
        async () => {
          const script = "ip -6 address show dev nic scope global; ip -6 route show default";
          return (await client.host.run({ file: "sh", args: ["-c", script] })).stdout;
        },
      );
    },
    patiently(60_000),
  );

  it(
    "gets an address of the pool and the domain by DHCPv6, and Kea reports the lease",
    async () => {
      await client.host.run({
        file: "dhclient",
        args: [
          ...["-6", "-1", "-sf", "/bin/true", "-lf", `${folder}/leases`, "-pf", `${folder}/client.pid`],
          "nic",
        ],
      });
      await host.kill(Number((await host.readFile(`${folder}/client.pid`)) ?? ""), "SIGKILL");
      const text = (await host.readFile(`${folder}/leases`)) ?? "";
      expect(text).toMatch(/iaaddr fd69:6b76:7377:a1::20 /);
      expect(text).toContain(`dhcp6.domain-search "${fabric.domain}."`);
      expect(text).toContain("dhcp6.name-servers 2001:db8::53");
      const leases = parseLeases(await askKea("lease6-get-all"), Date.now() / 1000);
      expect(leases).toMatchObject([{ address: `${NETWORK}:20`, mac: MAC, state: "active" }]);
    },
    patiently(60_000),
  );
});

/** Starts zebra with its configuration, which it gets from mgmtd since FRR 10. They end with their process namespace. */
const FRR = `
  mount --bind "$1" /etc/frr
  cd /usr/lib/frr
  [ ! -x mgmtd ] || ./mgmtd -d
  ./zebra -d
  vtysh -b
  exec sleep infinity`;

/** Starts a daemon in the leaf, with its fixed folders empty: the machine's own daemons may use them. */
async function startDaemon(folders: string, mode: string, command: readonly string[]): Promise<number> {
  const script = `
    for dir in ${folders}; do mkdir -p $dir && mount -t tmpfs -o mode=${mode} tmpfs $dir; done
    exec "$@"`;
  const own = ["--mount", "--pid", "--fork", "--kill-child"];
  const args = [...own, "--", "sh", "-c", script, "sh", ...command];
  const { pid } = await leaf.host.spawn({ file: "unshare", args }, `${folder}/daemon.log`);
  return pid;
}

async function askKea(command: string): Promise<string> {
  const program = new URL("../../guest/common/ask-kea", import.meta.url).pathname;
  const words = [program, "5", JSON.stringify({ command }), "kea6"];
  return (await host.run({ file: "nsenter", args: [`--target=${daemons[1]}`, "--mount", "--", ...words] }))
    .stdout;
}

function until(what: string, expected: RegExp, observe: () => Promise<string>): Promise<void> {
  return pollUntil({ what, timeoutMs: patiently(30_000), intervalMs: 200 }, async () => {
    const seen = await observe();
    return expected.test(seen) ? { done: true, value: undefined } : { done: false, seen };
  });
}
