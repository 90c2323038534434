import { chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { chooseAccelerator } from "../../src/qemu/accel.ts";
import { findQemu } from "../../src/qemu/requirements.ts";
import { confined, type EmulatorUser } from "../../src/system/confine.ts";
import { findEmulatorUser } from "../../src/system/emulator-user.ts";
import { localHost } from "../../src/system/local-host.ts";
import { STATE_DIR } from "../e2e/fabric-site.ts";
import { writeNodeDisk, writeProjectDisk } from "./disks.ts";
import { type LabImage, provideLabImage } from "./image.ts";
import type { LabResult, LabRun } from "./lab-run.ts";

/**
 * Runs a lab in a virtual machine on Debian's own kernel, with KVM if it works and emulated otherwise. It provides
 * VLANs, dummy devices, netem and br_netfilter, which the kernel of the machine that runs the tests may lack.
 */
export async function runInEmulatedMachine({ command, timeoutMs, onLine }: LabRun): Promise<LabResult> {
  const image = await provideLabImage();
  const host = localHost();
  const user = await findEmulatorUser(host, "ikvswitch");
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-lab-"));
  try {
    await chown(folder, user.uid, user.gid);
    await writeProjectDisk(`${folder}/project.erofs`);
    await writeNodeDisk(`${folder}/node.cpio`, "emulated-machine", command);
    const accelerator = await accelerate(user);
    const args = machineArguments(folder, image, accelerator);
    const qemu = confined({ file: "qemu-system-x86_64", args }, user, { kvm: accelerator === "kvm" });
    const machine = execa(qemu.file, qemu.args, { timeout: timeoutMs, all: true, reject: false });
    for await (const line of machine.iterable({ from: "all" })) {
      onLine(line);
    }
    const { timedOut, exitCode } = await machine;
    const [console, results] = await Promise.all(
      ["console.log", "results.tar"].map((name) => readFile(`${folder}/${name}`)),
    );
    if (timedOut || exitCode !== 0 || results === undefined || results.length === 0) {
      const why = timedOut
        ? `was not done within ${timeoutMs / 1000} s`
        : `ended with ${exitCode} and no result`;
      throw new Error(`the lab ${why}; its console:\n${console}`);
    }
    return await unpack(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Returns the accelerator that works for this user. */
export async function accelerate(user: EmulatorUser): Promise<"kvm" | "tcg"> {
  const [host, architecture] = [localHost(), "x86_64"] as const;
  const qemuVersion = await findQemu(host, architecture);
  const request = { wanted: "auto", architecture, user, stateDir: STATE_DIR, qemuVersion } as const;
  return (await chooseAccelerator(host, request)).accelerator;
}

function machineArguments(folder: string, image: LabImage, accelerator: "kvm" | "tcg"): string[] {
  const disk = (name: string, file: string) => [
    ...["-blockdev", `driver=file,node-name=${name},filename=${file},read-only=on,locking=off`],
    ...["-device", `virtio-blk-pci,drive=${name},serial=${name}`],
  ];
  const emulated = accelerator === "tcg" ? " no_timer_check tsc=reliable norandmaps mitigations=off" : "";
  return [
    ...["-name", "guest=lab", "-no-user-config", "-nodefaults", "-no-reboot", "-display", "none"],
    ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
    ...["-machine", "q35,usb=off,vmport=off,sata=off,smbus=off,hpet=off"],
    ...["-accel", accelerator === "tcg" ? "tcg,tb-size=1024" : "kvm"],
    ...["-cpu", accelerator === "tcg" ? "max,-erms" : "host", "-smp", "1", "-m", "3072"],
    ...["-kernel", image.kernel, "-initrd", image.initrd],
    ...["-append", `console=ttyS0 quiet panic=-1${emulated}`],
    ...disk("root", image.root),
    ...disk("node", `${folder}/node.cpio`),
    ...disk("project", `${folder}/project.erofs`),
    ...["-chardev", `file,id=console,path=${folder}/console.log`, "-serial", "chardev:console"],
    ...["-device", "virtio-serial-pci"],
    ...[
      "-chardev",
      "stdio,id=progress,signal=off",
      "-device",
      "virtserialport,chardev=progress,name=progress",
    ],
    ...["-chardev", `file,id=results,path=${folder}/results.tar`],
    ...["-device", "virtserialport,chardev=results,name=results"],
    ...["-object", "rng-builtin,id=rng", "-device", "virtio-rng-pci,rng=rng"],
  ];
}

async function unpack(folder: string): Promise<LabResult> {
  await execa("tar", ["-C", folder, "-xf", `${folder}/results.tar`]);
  const { stdout } = await execa("find", [`${folder}/results`, "-type", "f", "-printf", "%P\\n"]);
  const names = stdout.split("\n").filter((name) => name !== "");
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(`${folder}/results/${name}`, "utf8")] as const),
  );
  return { exitCode: Number(await readFile(`${folder}/status`, "utf8")), files: new Map(files) };
}
