import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killMachines } from "../../src/backends/qemu/down.ts";
import type { EarlierLaunch } from "../../src/backends/qemu/earlier-launch.ts";
import { readLaunch } from "../../src/backends/qemu/launch-file.ts";
import { makeNodeFolders } from "../../src/backends/qemu/make-node-folders.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import type { EmulatorUser } from "../../src/system/confine.ts";
import type { Host } from "../../src/system/host.ts";

/** Waits for the ACPI power button, then switches itself off, as an operating system does. */
const OBEDIENT = [
  ...[0xba, 0x02, 0x06], // mov dx, 0x602: PM1 enable
  ...[0xb8, 0x00, 0x01], // mov ax, 0x100: power button
  0xef, // out dx, ax
  ...[0xba, 0x00, 0x06], // mov dx, 0x600: PM1 status
  0xed, // 1: in ax, dx
  ...[0xf6, 0xc4, 0x01], // test ah, 1: power button
  ...[0x74, 0xfa], // jz 1b
  ...[0xba, 0x04, 0x06], // mov dx, 0x604: PM1 control
  ...[0xb8, 0x00, 0x20], // mov ax, 0x2000: sleep, type S5
  0xef, // out dx, ax
  ...[0xeb, 0xfe], // jmp .
];
/** Ignores the power button. */
const STUBBORN = [0xfa, 0xf4, 0xeb, 0xfc]; // cli; 1: hlt; jmp 1b

/** Echoes its serial line. */
const ECHO = [
  ...[0xba, 0xfd, 0x03], // 1: mov dx, 0x3fd: line status
  0xec, // in al, dx
  ...[0xa8, 0x01], // test al, 1: data ready
  ...[0x74, 0xf8], // jz 1b
  ...[0xba, 0xf8, 0x03], // mov dx, 0x3f8: data
  0xec, // in al, dx
  0xee, // out dx, al
  ...[0xeb, 0xf1], // jmp 1b
];
/** Idles while the firmware counts its timer's ticks, 18 a second, at 0x46c. */
const TICKING = [0xfb, 0xf4, 0xeb, 0xfd]; // sti; 1: hlt; jmp 1b
/** The same, but busy: it never halts. */
const SPINNING = [0xfb, 0xeb, 0xfe]; // sti; jmp .

const BOOT_SECTORS = {
  obedient: OBEDIENT,
  stubborn: STUBBORN,
  echo: ECHO,
  ticking: TICKING,
  spinning: SPINNING,
} as const;

/** The unprivileged user of every Debian system. */
export const NOBODY: EmulatorUser = { name: "nobody", uid: 65534, gid: 65534, kvmGid: null };

/** Makes a run directory whose nodes are VMs of one boot sector each, for tests that need no switch in the VM. */
export async function bootSectorNodes(
  host: Host,
  nodes: Readonly<Record<string, keyof typeof BOOT_SECTORS>>,
): Promise<string> {
  const runDir = await mkdtemp(join(tmpdir(), "ikv-qemu-"));
  await host.run({ file: "chmod", args: ["0755", runDir] });
  const names = Object.keys(nodes);
  await makeNodeFolders(
    host,
    runDir,
    NOBODY,
    names.map((name) => nodeFolder(runDir, name)),
  );
  for (const [name, kind] of Object.entries(nodes)) {
    const paths = nodeFolder(runDir, name);
    const disk = new Uint8Array(1024 * 1024);
    disk.set(BOOT_SECTORS[kind]);
    disk.set([0x55, 0xaa], 510);
    await host.writeFile(paths.nodeFiles, disk);
    await writeArguments(host, runDir, name, machineArguments(name, runDir));
  }
  return runDir;
}

/** Changes a node's stored QEMU command. It has the form of earlier builds, since no LaunchSpec describes these VMs. */
export async function changeArguments(
  host: Host,
  runDir: string,
  name: string,
  change: (args: readonly string[]) => readonly string[],
): Promise<void> {
  const launch = await readLaunch(host, nodeFolder(runDir, name));
  if (launch === undefined) {
    throw new Error(`${name} has no launch.json`);
  }
  await writeArguments(host, runDir, name, change(launch.command.args));
}

async function writeArguments(
  host: Host,
  runDir: string,
  node: string,
  args: readonly string[],
): Promise<void> {
  const command = { file: "qemu-system-x86_64", args };
  const launch: EarlierLaunch = { version: 1, node, user: NOBODY, kvm: false, command };
  await host.writeFile(nodeFolder(runDir, node).launch, JSON.stringify(launch));
}

function machineArguments(name: string, runDir: string): string[] {
  const paths = nodeFolder(runDir, name);
  return [
    ...["-name", `guest=${name}`, "-machine", "q35", "-accel", "tcg", "-m", "size=16M"],
    ...["-no-user-config", "-nodefaults", "-display", "none", "-pidfile", paths.pid],
    ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
    ...["-blockdev", `driver=file,node-name=disk,filename=${paths.nodeFiles},read-only=on`],
    ...["-device", "virtio-blk-pci,drive=disk,bootindex=0"],
    ...["-chardev", `socket,id=qmp,path=${paths.qmp},server=on,wait=off`, "-mon", "chardev=qmp,mode=control"],
    ...[
      "-chardev",
      `socket,id=serial,path=${paths.serial},server=on,wait=off,logfile=${paths.consoleLink},logappend=on`,
    ],
    ...["-serial", "chardev:serial"],
  ];
}

/** Ends all VMs of the run directory, whatever the outcome of the test, and removes the directory. */
export async function removeNodes(host: Host, runDir: string): Promise<void> {
  await killMachines(host, runDir);
  await host.remove(runDir);
}
