import { expect } from "vitest";
import type { Member } from "../../../src/fabric/cluster-types.ts";
import type { Command, Host } from "../../../src/system/host.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { type RemoteHost, remoteHost } from "../../../src/system/remote/remote-host.ts";
import { createNamespace, type Namespace, type Started } from "../namespace.ts";

// Hosts, each a network namespace with an SSH server, on one network:
//
//     operator (runs ssh)     alpha       beta        gamma
//     under0 .254 ─────────── eth0 .1 ─── eth0 .2 ─── eth0 .3      10.0.0.0/24, MTU 1500

export interface Underlay {
  /** Where the operator's commands run. */
  readonly operator: Namespace;
  /** By name: alpha, beta, gamma. */
  readonly members: ReadonlyMap<string, Namespace>;
  /** Returns a member as the operator reaches it. */
  reach(member: Pick<Member, "name" | "address" | "login">, identity?: string): RemoteHost;
  close(): Promise<void>;
}

const FOLDER = "/run/ssh-test";

export async function createUnderlay(names: readonly string[]): Promise<Underlay> {
  const [operator, ...hosts] = await Promise.all(["operator", ...names].map(() => createNamespace()));
  if (operator === undefined) {
    throw new Error("no namespace");
  }
  await operator.shell(`
    mkdir -p ${FOLDER}
    ssh-keygen -q -t ed25519 -N '' -f ${FOLDER}/id
    ssh-keygen -q -t ed25519 -N '' -f ${FOLDER}/other
    ip link add under0 type bridge
    ip address add 10.0.0.254/24 dev under0
    ip link set under0 up`);
  const { stdout: key } = await operator.run("cat", [`${FOLDER}/id.pub`]);
  const servers = await Promise.all(hosts.map((host, index) => joinUnderlay(operator, host, index + 1, key)));
  const members = new Map(hosts.map((host, index) => [names[index] ?? "", host]));
  const local = hostOf(operator);
  const reached: RemoteHost[] = [];
  return {
    operator,
    members,
    reach: ({ name, address, login }, identity = "id") => {
      const host = remoteHost(local, {
        ...{ name, address: String(address), login },
        identityFile: `${FOLDER}/${identity}`,
        knownHosts: `${FOLDER}/known_hosts`,
        controlPath: `${FOLDER}/${name}-${identity}.socket`,
      });
      reached.push(host);
      return host;
    },
    close: async () => {
      await Promise.all(reached.map((host) => host.close()));
      await Promise.all(
        servers.map((server) => {
          server.kill("SIGTERM");
          return server.output;
        }),
      );
      await Promise.all([operator, ...hosts].map((host) => host.close()));
    },
  };
}

async function joinUnderlay(
  operator: Namespace,
  host: Namespace,
  number: number,
  key: string,
): Promise<Started> {
  await operator.shell(`
    ip link add port${number} type veth peer name eth0 netns ${host.pid}
    ip link set port${number} master under0 up`);
  await host.shell(
    `
    ip address add 10.0.0.${number}/24 dev eth0
    ip link set eth0 up
    ip route add default via 10.0.0.254
    mkdir -p /run/sshd ${FOLDER}
    ssh-keygen -q -t ed25519 -N '' -f ${FOLDER}/host
    cat >${FOLDER}/authorized_keys
    cat >${FOLDER}/sshd_config <<END
HostKey ${FOLDER}/host
AuthorizedKeysFile ${FOLDER}/authorized_keys
PidFile ${FOLDER}/pid
StrictModes no
UsePAM no
END`,
    { input: key },
  );
  const server = host.start("/usr/sbin/sshd", ["-D", "-f", `${FOLDER}/sshd_config`]);
  await host.shell(`until [ -s ${FOLDER}/pid ]; do sleep 0.02; done`);
  return server;
}

/** Returns the operator as a Host, for programs only. */
function hostOf(namespace: Namespace): Host {
  const local = localHost();
  const inside = (command: Command): Command => ({
    ...command,
    file: "nsenter",
    args: ["--target", String(namespace.pid), "--net", "--mount", "--", command.file, ...command.args],
  });
  return { ...local, run: (command, options) => local.run(inside(command), options) };
}

/** Returns the names of all network devices. */
export async function devicesOf(namespace: Namespace): Promise<readonly string[]> {
  const { stdout } = await namespace.run("ip", ["-j", "link", "show"]);
  const links: readonly { readonly ifname: string }[] = JSON.parse(stdout);
  expect(links.length).toBeGreaterThan(0);
  return links.map(({ ifname }) => ifname).sort();
}
