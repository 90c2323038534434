import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeCpio } from "../../../src/image/cpio.ts";
import { guestExec } from "../../../src/qemu/guest-exec.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import type { Namespace } from "../../integration/namespace.ts";

/** A server in a rack: a VM of the user's, started with the arguments that `ikvswitch plug` prints. */
export interface ServerMachine {
  /** Runs a program in it, and returns its output. */
  exec(file: string, ...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly name: string;
  readonly rack: number;
  readonly position: number;
  /** QEMU's arguments for its NICs, with the MACs that `serverMac` gives. */
  readonly nics: readonly string[];
  /** Addresses on its loopback, which it announces to both leaves. */
  readonly announced: readonly string[];
  /** Further lines for its `router bgp`'s IPv4 family. */
  readonly bgpLines?: readonly string[];
  readonly images: { readonly kernel: string; readonly initrd: string; readonly root: string };
}

const BOOT_TIMEOUT_MS = 120_000;
const EXEC_TIMEOUT_MS = 60_000;

/** Boots a server in the rack and waits until its guest agent answers. */
export async function startServer(namespace: Namespace, options: ServerOptions): Promise<ServerMachine> {
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-server-"));
  const disk = new Uint8Array(4 * 1024 * 1024);
  disk.set(writeCpio(serverFiles(options)));
  await writeFile(join(folder, "node.cpio"), disk);
  const machine = namespace.start("qemu-system-x86_64", serverArguments(options, folder));
  const agent = { socket: join(folder, "agent.sock"), timeoutMs: EXEC_TIMEOUT_MS };
  const host = localHost();
  const exec = async (file: string, ...args: readonly string[]) =>
    (await guestExec(host, { file, args }, { ...agent, okExitCodes: "any" })).stdout;
  await pollUntil(
    { what: `the boot of ${options.name}`, timeoutMs: BOOT_TIMEOUT_MS, intervalMs: 500 },
    async () => {
      try {
        return { done: true, value: await exec("/usr/bin/uptime") };
      } catch (error) {
        return { done: false, seen: String(error) };
      }
    },
  );
  return {
    exec,
    stop: async () => {
      machine.kill("SIGKILL");
      await machine.output;
      await rm(folder, { recursive: true });
    },
  };
}

export function serverMac({ rack, position }: Pick<ServerOptions, "rack" | "position">, nic: 1 | 2): string {
  return `52:54:00:0${rack}:${position.toString(16).padStart(2, "0")}:0${nic}`;
}

function serverArguments({ nics, images }: ServerOptions, folder: string): string[] {
  return [
    ...nics,
    // The rest of the machine is the user's own affair.
    ...["-machine", "q35", "-accel", "tcg", "-cpu", "max,-erms", "-m", "256"],
    ...["-display", "none", "-nodefaults"],
    ...["-kernel", images.kernel, "-initrd", images.initrd, "-append", "console=ttyS0 quiet"],
    ...["-blockdev", `driver=file,node-name=root,filename=${images.root},read-only=on,locking=off`],
    ...["-device", "virtio-blk-pci,drive=root,serial=root"],
    ...["-blockdev", `driver=file,node-name=node,filename=${folder}/node.cpio,read-only=on,locking=off`],
    ...["-device", "virtio-blk-pci,drive=node,serial=node"],
    ...["-device", "virtio-serial-pci"],
    ...["-chardev", `socket,id=agent,path=${folder}/agent.sock,server=on,wait=off`],
    ...["-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"],
    ...["-chardev", `file,id=console,path=${folder}/console.log`, "-serial", "chardev:console"],
  ];
}

function serverFiles(options: ServerOptions) {
  const file = (path: string, mode: number, content: string) => ({ path, mode, content });
  return [
    file("etc/ikvswitch/nics", 0o644, `${serverMac(options, 1)} eth0\n${serverMac(options, 2)} eth1\n`),
    file("etc/ikvswitch/modules", 0o644, "8021q\n"),
    file("etc/ikvswitch/network.batch", 0o644, networkBatch(options)),
    file("etc/ikvswitch/root.hash", 0o600, "*\n"),
    file("etc/hostname", 0o644, `${options.name}\n`),
    file("etc/hosts", 0o644, "127.0.0.1 localhost\n"),
    file("etc/resolv.conf", 0o644, ""),
    file("etc/machine-id", 0o444, "0123456789abcdef0123456789abcdef\n"),
    file("etc/frr/frr.conf", 0o640, serverFrr(options)),
  ];
}

function networkBatch({ announced }: ServerOptions): string {
  const nic = (name: string) => [
    `link set ${name} mtu 9000 up`,
    `link add link ${name} name ${name}.10 type vlan id 10`,
    `link set ${name}.10 up`,
  ];
  return [
    "link set lo up",
    ...announced.map((address) => `address add ${address}/32 dev lo`),
    ...nic("eth0"),
    ...nic("eth1"),
    "",
  ].join("\n");
}

/** The configuration of production servers: unnumbered sessions with both leaves, announcing the server's addresses. */
function serverFrr({ name, rack, position, announced, bgpLines = [] }: ServerOptions): string {
  return `frr defaults datacenter
hostname ${name}
service integrated-vtysh-config
interface eth0.10
 ipv6 nd ra-interval 2
 no ipv6 nd suppress-ra
exit
interface eth1.10
 ipv6 nd ra-interval 2
 no ipv6 nd suppress-ra
exit
router bgp 42000${rack}0${String(position).padStart(2, "0")}
 bgp router-id ${announced[0]}
 no bgp ebgp-requires-policy
 no bgp network import-check
 bgp bestpath as-path multipath-relax
 neighbor eth0.10 interface remote-as external
 neighbor eth1.10 interface remote-as external
 address-family ipv4 unicast
${announced.map((address) => `  network ${address}/32`).join("\n")}
${bgpLines.map((line) => `  ${line}`).join("\n")}
 exit-address-family
exit
`;
}
