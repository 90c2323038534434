import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fabric } from "../../src/fabric/types.ts";
import { FRR_CONF } from "../../src/render/render.ts";
import type { Command } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import { contentOf, nodeOf, render } from "../render/site.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

/** Routers that run FRR, each in its own network namespace, linked by veth pairs. */
export interface FrrLab {
  /** Runs a program on a router; `outside` is the other end of the internet router's port to the host. */
  run(machine: string, file: string, ...args: string[]): Promise<string>;
  /** Does the same, and returns the exit code instead of throwing. */
  exitCode(machine: string, file: string, ...args: string[]): Promise<number>;
  /** Returns the output of vtysh. */
  vtysh(machine: string, ...commands: string[]): Promise<string>;
  /** Links two interfaces. */
  link(a: LinkEnd, b: LinkEnd): Promise<void>;
  /** Adds a router that runs FRR with this configuration after its start. */
  add(machine: string, frrConf: string): Promise<void>;
  start(machine: string): Promise<void>;
  /** Reloads a router's FRR with another configuration, as switches do. */
  reload(machine: string, frrConf: string): Promise<void>;
  close(): Promise<void>;
}

export interface LinkEnd {
  readonly machine: string;
  readonly interface: string;
  readonly mac?: string;
}

const FRR = "/usr/lib/frr";
const local = localHost();

/** Makes all nodes of a fabric with their rendered sysctls and frr.conf, linked as planned but not started. */
export async function frrLab(fabric: Fabric): Promise<FrrLab> {
  const folder = await mkdtemp(join(tmpdir(), "ikv-frr-"));
  await chmod(folder, 0o755);
  const machines = new Map<string, NamespacedHost>();
  const pidFiles: string[] = [];

  const machine = (name: string): NamespacedHost => {
    const found = machines.get(name);
    if (found === undefined) {
      throw new Error(`there is no machine ${name}`);
    }
    return found;
  };
  const namespace = (name: string): string => {
    const [option = ""] = machine(name).inside({ file: "true", args: [] }).args;
    return option.replace("--net=", "");
  };
  // FRR's daemons use sockets in /run/frr and their configuration in /etc/frr, and since 10 store state in
  // /var/lib/frr: every router has its own folders.
  const withOwnFolders = (name: string, command: Command): Command => ({
    file: "unshare",
    args: [
      "--mount",
      "sh",
      "-c",
      [
        // The machine's own /run may have none.
        "mount -t tmpfs tmpfs /run && mkdir /run/frr",
        `mount --bind ${folder}/${name}/run /run/frr`,
        `mount --bind ${folder}/${name}/etc /etc/frr`,
        `{ [ ! -d /var/lib/frr ] || mount --bind ${folder}/${name}/lib /var/lib/frr; }`,
        'exec "$@"',
      ].join(" && "),
      "sh",
      command.file,
      ...command.args,
    ],
  });

  const lab: FrrLab = {
    run: async (name, file, ...args) => (await machine(name).host.run({ file, args })).stdout,
    exitCode: async (name, file, ...args) =>
      (await machine(name).host.run({ file, args }, { okExitCodes: [1, 2] })).exitCode,
    vtysh: async (name, ...commands) => {
      const args = commands.flatMap((command) => ["-c", command]);
      return (await machine(name).host.run(withOwnFolders(name, { file: "vtysh", args }))).stdout;
    },
    link: async (a, b) => {
      await lab.run(
        a.machine,
        "ip",
        "link",
        "add",
        ...linkArgs(a),
        "type",
        "veth",
        "peer",
        ...peerArgs(b, namespace(b.machine)),
      );
      await lab.run(a.machine, "ip", "link", "set", a.interface, "up");
      await lab.run(b.machine, "ip", "link", "set", b.interface, "up");
    },
    add: async (name, frrConf) => {
      machines.set(name, await namespacedHost());
      await local.writeFile(`${folder}/${name}/etc/frr.conf`, frrConf);
      await local.writeFile(`${folder}/${name}/etc/vtysh.conf`, "service integrated-vtysh-config\n");
      await local.makeDirectory(`${folder}/${name}/run`);
      await local.makeDirectory(`${folder}/${name}/lib`);
      await local.run({ file: "chown", args: ["-R", "frr:frr", `${folder}/${name}`] });
    },
    start: async (name) => {
      for (const daemon of ["mgmtd", "zebra", "staticd", "bfdd", "bgpd"]) {
        // FRR before 9 has no mgmtd.
        if ((await local.stat(`${FRR}/${daemon}`)) !== undefined) {
          pidFiles.push(`${folder}/${name}/run/${daemon}.pid`);
          const args = ["-d", "--log", `file:/run/frr/${daemon}.log`];
          // FRR 10's daemons keep their output open, so a reader of a pipe would wait for their end.
          const script = `exec "$0" "$@" >/run/frr/${daemon}.start 2>&1`;
          const quiet = { file: "sh", args: ["-c", script, `${FRR}/${daemon}`, ...args] };
          await machine(name).host.run(withOwnFolders(name, quiet));
        }
      }
      await machine(name).host.run(withOwnFolders(name, { file: "vtysh", args: ["-b"] }));
    },
    reload: async (name, frrConf) => {
      await local.writeFile(`${folder}/${name}/etc/frr.conf`, frrConf);
      const args = ["--reload", "--rundir", "/run/frr", FRR_CONF];
      await machine(name).host.run(withOwnFolders(name, { file: `${FRR}/frr-reload.py`, args }));
    },
    close: async () => {
      for (const pidFile of pidFiles) {
        const pid = Number(await local.readFile(pidFile));
        if (pid > 0) {
          await local.kill(pid, "SIGKILL");
        }
      }
      for (const each of machines.values()) {
        await each.close();
      }
      await local.remove(folder);
    },
  };

  const setSysctls = (name: string) => lab.run(name, "sysctl", "-q", "-p", `${folder}/${name}/sysctl.conf`);
  await lab.add("outside", "");
  for (const node of fabric.nodes) {
    const files = render(fabric, node);
    await lab.add(node.name, contentOf(files, FRR_CONF));
    await local.writeFile(
      `${folder}/${node.name}/sysctl.conf`,
      contentOf(files, "/etc/sysctl.d/ikvswitch.conf"),
    );
    await setSysctls(node.name);
    await lab.run(node.name, "ip", "address", "add", `${node.loopback}/32`, "dev", "lo");
  }
  for (const { a, b } of fabric.sessions) {
    await lab.link(endOf(fabric, a), endOf(fabric, b));
  }
  // Applied again for settings of ports, which did not exist the first time.
  for (const node of fabric.nodes) {
    await setSysctls(node.name);
  }
  await lab.link(
    { machine: "outside", interface: fabric.host.bridge },
    { machine: "internet", interface: "ens4" },
  );
  await lab.run("outside", "ip", "address", "add", String(fabric.host.address), "dev", fabric.host.bridge);
  await lab.run("outside", "ip", "route", "add", String(fabric.prefix), "via", String(fabric.host.gateway));
  await lab.run("internet", "ip", "address", "add", `${fabric.host.gateway}/24`, "dev", "ens4");
  return lab;
}

function endOf(fabric: Fabric, end: Fabric["sessions"][number]["a"]): LinkEnd {
  const port = nodeOf(fabric, end.node).ports.find(({ name }) => name === end.port);
  return { machine: end.node, interface: end.port, ...(port === undefined ? {} : { mac: String(port.mac) }) };
}

function linkArgs(end: LinkEnd): string[] {
  return ["name", end.interface, ...(end.mac === undefined ? [] : ["address", end.mac])];
}

function peerArgs(end: LinkEnd, namespace: string): string[] {
  return [...linkArgs(end), "netns", namespace];
}
