import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { patiently } from "../patience.ts";
import { expectValidDocuments } from "./documents.ts";
import { sizeWords } from "./size.ts";

/**
 * A test host: a network namespace with its own /sys, /run and /var/lib, in which the real programs run. Nothing in it
 * affects the machine, and it is gone when the tests end for any reason.
 */
export interface Namespace {
  readonly pid: number;
  /** Runs a program in it; a failure is an error unless its exit code is expected. */
  run(file: string, args: readonly string[], options?: RunOptions): Promise<Output>;
  /** Runs a shell script in it; the first failure ends the script. */
  shell(script: string, options?: RunOptions): Promise<Output>;
  /** Starts a program in it. The caller waits for it or ends it. */
  start(file: string, args: readonly string[], options?: RunOptions): Started;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly exitCodes?: readonly number[];
  readonly input?: string;
}

export interface Output {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Calls the listener with each piece of the program's output. */
  watch(listener: (text: string) => void): void;
  readonly output: Promise<Output>;
}

const READY = "ready";
/** Timeout of scripts that wait for a condition. */
const SCRIPT_TIMEOUT_S = patiently(30_000) / 1000;

export async function createNamespace(): Promise<Namespace> {
  const setUp = [
    "mount -t sysfs sysfs /sys",
    // As Debian 13's initramfs mounts /run, and hardening guides /var.
    "mount -t tmpfs -o nosuid,nodev,noexec,mode=0755 tmpfs /run",
    "mount -t tmpfs -o nosuid,nodev,noexec,mode=0755 tmpfs /var/lib",
    // A folder for programs that tests create.
    "mkdir /run/programs && mount -t tmpfs -o mode=0755 tmpfs /run/programs",
    // A new namespace inherits this setting, which is 1 on a machine that runs containers.
    "echo 0 > /proc/sys/net/ipv4/ip_forward",
    "ip link set lo up",
    `echo ${READY}`,
    "exec sleep infinity",
  ].join(" && ");
  // Every step replaces the process by the next one, so this process holds the namespace, and the kernel ends it with
  // the tests. It has a session of its own, so that Ctrl-C does not end it before the tests have cleaned up.
  const holder = execa(
    "setpriv",
    [
      ...["--pdeathsig", "KILL", "setsid"],
      ...["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", setUp],
    ],
    { reject: false, stdin: "ignore", buffer: false },
  );
  const [output] = await Promise.race([once(holder.stdout, "data"), holder.then(() => [""])]);
  if (!String(output).includes(READY)) {
    throw new Error("the namespace could not be made");
  }
  const pid = holder.pid;
  if (pid === undefined) {
    throw new Error("the namespace could not be made");
  }
  const start = (file: string, args: readonly string[], options: RunOptions = {}): Started => {
    // The environment is set for the program only, not for the search for nsenter.
    const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
    const words = ["--target", String(pid), "--net", "--mount", "--", "/usr/bin/env", ...env, file, ...args];
    const child = execa("nsenter", words, {
      reject: false,
      stripFinalNewline: false,
      ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    });
    return {
      pid: child.pid ?? 0,
      kill: (signal) => child.kill(signal),
      watch: (listener) => {
        for (const stream of [child.stdout, child.stderr]) {
          stream.on("data", (data) => listener(String(data)));
        }
      },
      output: child.then(({ exitCode, stdout, stderr }) => ({ exitCode: exitCode ?? -1, stdout, stderr })),
    };
  };
  const run = async (file: string, args: readonly string[], options: RunOptions = {}): Promise<Output> => {
    const output = await start(file, args, options).output;
    if (!(options.exitCodes ?? [0]).includes(output.exitCode)) {
      throw new Error(
        `${file} ${args.join(" ")}: exit code ${output.exitCode}\n${output.stderr}${output.stdout}`,
      );
    }
    if (args.includes("--json") && [file, ...args].some((word) => word.endsWith("/bin/ikvswitch"))) {
      expectValidDocuments(output.stdout);
    }
    return output;
  };
  return {
    pid,
    run,
    shell: (script, options) => run("timeout", [`${SCRIPT_TIMEOUT_S}`, "sh", "-ec", script], options),
    start,
    close: async () => {
      holder.kill("SIGKILL");
      await holder;
    },
  };
}

/** A host with a default route to a second namespace, which represents the internet. */
export interface Site {
  readonly host: Namespace;
  readonly outside: Namespace;
  /**
   * Connects a tap of the fabric with a new namespace. QEMU connects them: it opens the tap as for a virtual machine,
   * as the emulator's user, and forwards frames to another tap, which is in the namespace.
   */
  plugIntoTap(tap: string, address: string): Promise<Namespace>;
  /**
   * Does the same with one of QEMU's netdevs that connect to a socket, as any user.
   * @param netdev its options besides the id: `socket,connect=127.0.0.1:29001`.
   * @param mtu of the namespace's NIC.
   * @param user name or ID of QEMU's user; by default the emulator's.
   */
  plugIntoSocket(
    netdev: string,
    options: { readonly address: string; readonly mtu: number; readonly user?: string },
  ): Promise<PluggedMachine>;
  /** Connects a bridge of the host with a new namespace, as a machine on the link. */
  plug(bridge: string, address: string): Promise<Namespace>;
  /** Ends all connected namespaces. */
  unplug(): Promise<void>;
  close(): Promise<void>;
}

/** A namespace that is connected as a virtual machine is, and its QEMU. */
export interface PluggedMachine {
  readonly machine: Namespace;
  readonly qemu: Started;
}

/** The host's address on its uplink, and an address beyond its router. */
export const HOST_ADDRESS = "203.0.113.2";
export const OUTSIDE_ADDRESS = "198.51.100.1";

export async function createSite(): Promise<Site> {
  const [host, outside] = await Promise.all([createNamespace(), createNamespace()]);
  const plugged: Namespace[] = [];
  const cables: Started[] = [];
  await host.run("ip", [
    "link",
    "add",
    "up0",
    "type",
    "veth",
    "peer",
    "name",
    "down0",
    "netns",
    `${outside.pid}`,
  ]);
  await outside.shell(`
    ip address add 203.0.113.1/24 dev down0
    ip address add ${OUTSIDE_ADDRESS}/32 dev lo
    ip link set down0 up`);
  // IPv6 is disabled, since its addresses change by themselves: the state of the host is stable from here on.
  await host.shell(`
    echo 1 > /proc/sys/net/ipv6/conf/up0/disable_ipv6
    ip address add ${HOST_ADDRESS}/24 dev up0
    ip link set up0 up
    until grep -qx up /sys/class/net/up0/operstate; do :; done
    ip route add default via 203.0.113.1`);
  const unplug = async () => {
    for (const cable of cables.splice(0)) {
      cable.kill("SIGKILL");
      await cable.output;
    }
    await Promise.all(plugged.splice(0).map((namespace) => namespace.close()));
  };
  const connect = async (
    netdev: string,
    { address, mtu, user = EMULATOR_USER }: { address: string; mtu: number; user?: string },
  ): Promise<PluggedMachine> => {
    const machine = await createNamespace();
    const name = `cable${plugged.push(machine)}`;
    await host.run("ip", ["tuntap", "add", "dev", name, "mode", "tap", "user", user]);
    const words = cableWords(tapOptions(name), netdev);
    const qemu = host.start("setpriv", ["--reuid", user, "--clear-groups", ...words]);
    cables.push(qemu);
    // QEMU opens its netdevs in the order of its arguments.
    await host.shell(`
      ip link set ${name} mtu ${mtu} up
      until grep -qx 1 /sys/class/net/${name}/carrier; do sleep 0.02; done
      ip link set ${name} netns ${machine.pid}`);
    await machine.shell(`
      ip link set ${name} name eth0
      ip address add ${address} dev eth0
      ip link set eth0 up`);
    return { machine, qemu };
  };
  return {
    host,
    outside,
    unplug,
    plugIntoTap: async (tap, address) => {
      const { machine } = await connect(tapOptions(tap), { address, mtu: 1500 });
      await host.shell(`until grep -qx 1 /sys/class/net/${tap}/carrier; do sleep 0.02; done`);
      return machine;
    },
    plugIntoSocket: connect,
    plug: async (bridge, address) => {
      const machine = await createNamespace();
      const name = `plug${plugged.push(machine)}`;
      await host.shell(`
        ip link add ${name} type veth peer name eth0 netns ${machine.pid}
        ip link set ${name} master ${bridge} up`);
      await machine.shell(`
        ip address add ${address} dev eth0
        ip link set eth0 up`);
      return machine;
    },
    close: async () => {
      await unplug();
      await Promise.all([host, outside].map((namespace) => namespace.close()));
    },
  };
}

const EMULATOR_USER = "ikvswitch";

function tapOptions(name: string): string {
  return `tap,ifname=${name},script=no,downscript=no`;
}

/** Returns the command of a QEMU that only connects netdevs by a hub. */
function cableWords(...netdevs: readonly string[]): readonly string[] {
  return [
    "qemu-system-x86_64",
    ..."-machine none -nodefaults -display none -monitor none".split(" "),
    ...netdevs.flatMap((netdev, index) => [
      "-netdev",
      `${netdev},id=net${index}`,
      "-netdev",
      `hubport,id=hub${index},hubid=1,netdev=net${index}`,
    ]),
  ];
}

/**
 * Returns options for a run with its own search path: all programs of this machine in one folder, which the script then
 * changes. So programs can be missing or replaced.
 */
export async function searchPath(namespace: Namespace, script: string): Promise<RunOptions> {
  await namespace.shell(`
    cd /run/programs
    for folder in /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
      ln -s $folder/* . 2>/dev/null || true
    done
    ${script}`);
  return { env: { PATH: "/run/programs" } };
}

/** Runs the host networking program in the namespace. */
export function ikvswitch(
  namespace: Namespace,
  words: readonly string[],
  options: RunOptions = {},
): Promise<Output> {
  return namespace.run(process.execPath, ikvswitchArguments(words), options);
}

/** Returns the arguments of `node` that run it with the shipped configuration, in the tested size. */
export function ikvswitchArguments(words: readonly string[]): readonly string[] {
  return [
    projectPath("bin/ikvswitch-host-networking"),
    ...sizeWords,
    ...words,
    "--config",
    projectPath("etc/ikvswitch.conf"),
  ];
}

export function projectPath(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}
