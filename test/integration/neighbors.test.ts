import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { writeFiles } from "../../src/nodes/write-files.ts";
import type { KeyPair } from "../../src/render/types.ts";
import { localHost } from "../../src/system/local-host.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { shippedConfig } from "../fabric/config.ts";
import { patiently } from "../patience.ts";
import { contentOf, nodeOf, render, siteOf } from "../render/site.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

/**
 * Two switches without BGP, on their planned link, with their rendered files:
 *
 *     spine2 ens7 ── ens5 leaf3
 */
const fabric = planFabric(shippedConfig());
const host = localHost();
const spine2 = nodeOf(fabric, "spine2");
const leaf3 = nodeOf(fabric, "leaf3");
/** leaf3's address on this link, with spine2's port as zone. */
const LEAF3 = "fe80::a00:27ff:fe06:ac52%ens7";

let folder: string;
let atSpine: NamespacedHost;
let atLeaf: NamespacedHost;
const started: number[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-neighbors-"));
  // lldpd's unprivileged process connects to its socket in this folder.
  await chmod(folder, 0o755);
  [atSpine, atLeaf] = await Promise.all([namespacedHost(), namespacedHost()]);
  for (const [node, at] of [
    [spine2, atSpine],
    [leaf3, atLeaf],
  ] as const) {
    await writeFiles(host, `${folder}/${node.name}`, render(fabric, node));
    await at.host.run({
      file: "sysctl",
      args: ["-q", "-p", `${folder}/${node.name}/etc/sysctl.d/ikvswitch.conf`],
    });
  }
  await link();
});

afterAll(async () => {
  for (const pid of started) {
    await host.kill(pid, "SIGTERM");
  }
  await atSpine?.close();
  await atLeaf?.close();
  await host.remove(folder);
});

describe("neighbors on a link", () => {
  it("log in by link-local address with host keys checked, and refuse a wrong one", async () => {
    const switchKey = await newKey("switches");
    const hostKey = await newKey("leaf3");
    const site = siteOf(fabric, {
      switchKey,
      hostKeys: { ...siteOf(fabric).hostKeys, leaf3: hostKey.publicKey },
    });
    const known = contentOf(render(fabric, spine2, site), "/etc/ssh/ssh_known_hosts");
    await host.writeFile(`${folder}/known_hosts`, known);
    await host.writeFile(
      `${folder}/authorized_keys`,
      contentOf(render(fabric, leaf3, site), "/root/.ssh/authorized_keys"),
    );
    await startSshd();

    await untilListening();
    expect((await sshFromSpine("known_hosts")).exitCode).toBe(0);

    const other = (await newKey("other")).publicKey.split(" ")[1] ?? "";
    await host.writeFile(
      `${folder}/wrong_hosts`,
      known.replace(hostKey.publicKey.split(" ")[1] ?? "", other),
    );
    const refused = await sshFromSpine("wrong_hosts");
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain("Host key verification failed");
  });

  it("see each other by LLDP under the planned names", async () => {
    for (const [node, at] of [
      [spine2, atSpine],
      [leaf3, atLeaf],
    ] as const) {
      await host.makeDirectory(`${folder}/${node.name}/lldpd`);
      await startLldpd(node.name, at);
    }
    expect(await lldpNeighbor("spine2", atSpine)).toEqual({ on: "ens7", system: "leaf3", port: "ens5" });
    expect(await lldpNeighbor("leaf3", atLeaf)).toEqual({ on: "ens5", system: "spine2", port: "ens7" });
  });
});

async function link(): Promise<void> {
  const [option = ""] = atLeaf.inside({ file: "true", args: [] }).args;
  const macOf = (node: typeof spine2, name: string) =>
    String(node.ports.find((port) => port.name === name)?.mac ?? "");
  await atSpine.host.run({
    file: "ip",
    args: [
      ...["link", "add", "name", "ens7", "address", macOf(spine2, "ens7"), "type", "veth"],
      ...["peer", "name", "ens5", "address", macOf(leaf3, "ens5"), "netns", option.replace("--net=", "")],
    ],
  });
  await atSpine.host.run({ file: "ip", args: ["link", "set", "ens7", "up"] });
  await atLeaf.host.run({ file: "ip", args: ["link", "set", "ens5", "up"] });
}

async function newKey(name: string): Promise<KeyPair> {
  const path = `${folder}/${name}_key`;
  await host.run({ file: "ssh-keygen", args: ["-q", "-t", "ed25519", "-N", "", "-f", path] });
  return {
    privateKey: (await host.readFile(path)) ?? "",
    publicKey: (await host.readFile(`${path}.pub`)) ?? "",
  };
}

/** Starts sshd with the rendered configuration, but other paths, since this machine is no switch. */
async function startSshd(): Promise<void> {
  const text = (await host.readFile(`${folder}/leaf3/etc/ssh/sshd_config.d/00-ikvswitch.conf`)) ?? "";
  await host.writeFile(
    `${folder}/sshd.conf`,
    `${text.replace("/etc/ssh/ssh_host_ed25519_key", `${folder}/leaf3_key`)}
AuthorizedKeysFile ${folder}/authorized_keys
StrictModes no
PidFile none
`,
  );
  await host.makeDirectory("/run/sshd", 0o755);
  const command = { file: "/usr/sbin/sshd", args: ["-D", "-e", "-f", `${folder}/sshd.conf`] };
  started.push((await atLeaf.host.spawn(command, `${folder}/sshd.log`)).pid);
}

async function untilListening(): Promise<void> {
  await pollUntil({ what: "sshd listening", timeoutMs: patiently(20_000), intervalMs: 50 }, async () => {
    const log = (await host.readFile(`${folder}/sshd.log`)) ?? "";
    return /listening on :: port 22/.test(log)
      ? { done: true, value: undefined }
      : { done: false, seen: log };
  });
}

function sshFromSpine(knownHosts: string) {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    `GlobalKnownHostsFile=${folder}/${knownHosts}`,
    "UserKnownHostsFile=/dev/null",
    `IdentityFile=${folder}/switches_key`,
    "IdentitiesOnly=yes",
  ];
  const args = ["-F", "none", ...options.flatMap((option) => ["-o", option]), `root@${LEAF3}`, "true"];
  return atSpine.host.run({ file: "ssh", args }, { okExitCodes: [255], timeoutMs: patiently(20_000) });
}

/** Starts lldpd with its own /run/lldpd, in which its unprivileged process runs. */
async function startLldpd(name: string, at: NamespacedHost): Promise<void> {
  const configuration = `${folder}/${name}/etc/lldpd.d/ikvswitch.conf`;
  const command = {
    file: "unshare",
    args: [
      ...["--mount", "sh", "-c", 'mkdir -p /run/lldpd && mount -t tmpfs tmpfs /run/lldpd && exec "$@"', "sh"],
      ...["lldpd", "-d", "-u", `${folder}/${name}/lldpd/socket`, "-O", configuration],
    ],
  };
  started.push((await at.host.spawn(command, `${folder}/${name}/lldpd.log`)).pid);
}

async function lldpNeighbor(
  name: string,
  at: NamespacedHost,
): Promise<{ on: string; system: string; port: string }> {
  const socket = `${folder}/${name}/lldpd/socket`;
  return pollUntil(
    { what: `${name} hearing a neighbor`, timeoutMs: patiently(30_000), intervalMs: 200 },
    async () => {
      const args = ["-u", socket, "-f", "json0", "show", "neighbors"];
      const { stdout } = await at.host.run({ file: "lldpcli", args }, { okExitCodes: [1] });
      const heard = stdout === "" ? undefined : JSON.parse(stdout).lldp?.[0]?.interface?.[0];
      return heard === undefined
        ? { done: false, seen: stdout }
        : {
            done: true,
            value: {
              on: heard.name,
              system: heard.chassis[0].name[0].value,
              port: heard.port[0].id[0].value,
            },
          };
    },
  );
}
