import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { expect } from "vitest";
import type { Command, Host } from "../../../src/system/host.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { createNamespace, type Namespace, type Started } from "../namespace.ts";

// Hosts, each a network namespace with an SSH server, on one network:
//
//     operator (runs ssh)     alpha       beta        gamma
//     under0 .254 ─────────── eth0 .1 ─── eth0 .2 ─── eth0 .3      10.0.0.0/24, MTU 1500

export interface Underlay {
  /** Where the operator's commands run. */
  readonly operator: Host;
  /** Folders of the operator, with the key that all members accept. */
  readonly stateDir: string;
  readonly runDir: string;
  readonly members: ReadonlyMap<string, Namespace>;
  close(): Promise<void>;
}

export async function createUnderlay(names: readonly string[]): Promise<Underlay> {
  const folder = await mkdtemp("/tmp/ikvswitch-members-");
  const [stateDir, runDir] = [`${folder}/state`, `${folder}/run`];
  await Promise.all([stateDir, runDir].map((path) => mkdir(path)));
  const [operator, ...hosts] = await Promise.all(["operator", ...names].map(() => createNamespace()));
  if (operator === undefined) {
    throw new Error("no namespace");
  }
  await operator.shell(`
    mkdir ${stateDir}/ssh
    ssh-keygen -q -t ed25519 -N '' -f ${stateDir}/ssh/id_ed25519
    ip link add under0 type bridge
    ip address add 10.0.0.254/24 dev under0
    ip link set under0 up`);
  const servers: Started[] = [];
  for (const [index, host] of hosts.entries()) {
    servers.push(await joinUnderlay(operator, host, index + 1, `${stateDir}/ssh/id_ed25519.pub`));
  }
  return {
    ...{ operator: hostOf(operator), stateDir, runDir },
    members: new Map(hosts.map((host, index) => [names[index] ?? "", host])),
    close: async () => {
      for (const server of servers) {
        server.kill("SIGTERM");
        await server.output;
      }
      await Promise.all([operator, ...hosts].map((host) => host.close()));
      await rm(folder, { recursive: true });
    },
  };
}

const SSHD = "/run/sshd-test";

async function joinUnderlay(
  operator: Namespace,
  host: Namespace,
  number: number,
  key: string,
): Promise<Started> {
  await operator.shell(`
    ip link add port${number} type veth peer name eth0 netns ${host.pid}
    ip link set port${number} master under0 up`);
  // The settings of this machine's shell are no part of the test.
  await host.shell(`
    ip address add 10.0.0.${number}/24 dev eth0
    ip link set eth0 up
    ip route add default via 10.0.0.254
    [ ! -e /root/.bashrc ] || mount --bind /dev/null /root/.bashrc
    mkdir -p /run/sshd ${SSHD}
    ssh-keygen -q -t ed25519 -N '' -f ${SSHD}/host
    cp ${key} ${SSHD}/authorized_keys
    printf '%s\\n' >${SSHD}/config \\
      'HostKey ${SSHD}/host' 'AuthorizedKeysFile ${SSHD}/authorized_keys' 'PidFile ${SSHD}/pid' 'StrictModes no' 'UsePAM no'`);
  const server = host.start("/usr/sbin/sshd", ["-D", "-f", `${SSHD}/config`]);
  await host.shell(`until [ -s ${SSHD}/pid ]; do sleep 0.02; done`);
  return server;
}

/** Returns the operator as a Host: programs run there, and files are this machine's. */
function hostOf(namespace: Namespace): Host {
  const local = localHost();
  const inside = (command: Command): Command => ({
    ...command,
    file: "nsenter",
    args: ["--target", String(namespace.pid), "--net", "--mount", "--", command.file, ...command.args],
  });
  return {
    ...local,
    run: (command, options) => local.run(inside(command), options),
    startPiped: (command) => local.startPiped(inside(command)),
  };
}

/** Returns the names of all network devices. */
export async function devicesOf(namespace: Namespace): Promise<readonly string[]> {
  const { stdout } = await namespace.run("ip", ["-j", "link", "show"]);
  const links: readonly { readonly ifname: string }[] = JSON.parse(stdout);
  expect(links.length).toBeGreaterThan(0);
  return links.map(({ ifname }) => ifname).sort();
}
