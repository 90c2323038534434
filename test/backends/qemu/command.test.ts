import { describe, expect, it } from "vitest";
import { type MachineMemory, type MachineSettings, qemuCommand } from "../../../src/backends/qemu/command.ts";
import { type MachinePlan, machinePlan } from "../../../src/backends/qemu/machine-plan.ts";
import { memorySource } from "../../../src/backends/qemu/memory-source.ts";
import { nodeFolder } from "../../../src/backends/qemu/node-folder.ts";
import type { Node } from "../../../src/fabric/types.ts";
import { confined, withoutRights } from "../../../src/system/confine.ts";
import { internet, leaf1, spine1 } from "../../nodes/nodes.ts";

const SETTINGS: MachineSettings = {
  architecture: "x86_64",
  accelerator: "tcg",
  boot: {
    folder: "/images/1",
    kernel: "/images/1/vmlinux",
    initrd: "/images/1/initrd.cpio",
    root: "/images/1/root.erofs",
    kernelArguments: "console=ttyS0 quiet",
  },
  vncListen: "127.0.0.1",
};

function commandOf(node: Node, changes: Partial<MachineSettings> = {}, memory?: MachineMemory) {
  const spec = { ...machinePlan(node), ...SETTINGS, ...changes };
  return qemuCommand(spec, nodeFolder("/run/ikvswitch", node.name), memory);
}

/** The words about the disk for DHCP leases. */
function disks(plan: MachinePlan): readonly string[] {
  const { args } = qemuCommand({ ...plan, ...SETTINGS }, nodeFolder("/run/ikvswitch", plan.name));
  return args.filter((word) => word.includes("=leases,"));
}

/** The arguments from the first NIC on. */
function networkPart(args: readonly string[]): readonly string[] {
  return args.slice(args.indexOf("-netdev"), args.lastIndexOf("-device"));
}

describe("QEMU's command", () => {
  it("is complete for the internet router", () => {
    const run = "/run/ikvswitch/nodes/internet/run";
    expect(commandOf(internet)).toEqual({
      file: "qemu-system-x86_64",
      args: [
        ...["-name", "guest=internet,debug-threads=on"],
        ...["-no-user-config", "-nodefaults"],
        ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
        ...["-pidfile", `${run}/qemu.pid`],
        ...["-machine", "q35,usb=off,vmport=off,sata=off,smbus=off,hpet=off"],
        ...["-accel", "tcg,tb-size=128"],
        ...["-cpu", "max,-erms"],
        ...["-smp", "1"],
        ...["-m", "size=192M"],
        ...["-kernel", "/images/1/vmlinux"],
        ...["-initrd", "/images/1/initrd.cpio"],
        ...["-append", "console=ttyS0 quiet no_timer_check tsc=reliable norandmaps"],
        ...["-blockdev", "driver=file,node-name=root,filename=/images/1/root.erofs,read-only=on,locking=off"],
        ...["-device", "virtio-blk-pci,addr=1,disable-legacy=on,drive=root,serial=root"],
        ...[
          "-blockdev",
          "driver=file,node-name=node,filename=/run/ikvswitch/nodes/internet/node.cpio,read-only=on,locking=off",
        ],
        ...["-device", "virtio-blk-pci,addr=2,disable-legacy=on,drive=node,serial=node"],
        ...["-chardev", `socket,id=qmp,path=${run}/qmp.sock,server=on,wait=off`],
        ...["-mon", "chardev=qmp,mode=control"],
        ...["-device", "virtio-serial-pci,addr=4,disable-legacy=on,id=channels,max_ports=4"],
        ...["-chardev", `socket,id=agent,path=${run}/agent.sock,server=on,wait=off`],
        ...["-device", "virtserialport,bus=channels.0,nr=1,chardev=agent,name=org.qemu.guest_agent.0"],
        ...["-chardev", `socket,id=clone,path=${run}/clone.sock,server=on,wait=off`],
        ...["-device", "virtserialport,bus=channels.0,nr=3,chardev=clone,name=ikvswitch.clone"],
        ...[
          "-chardev",
          `socket,id=serial,path=${run}/serial.sock,server=on,wait=off,logfile=${run}/console.log,logappend=on`,
        ],
        ...["-serial", "chardev:serial"],
        ...["-chardev", "vc,id=terminal,cols=80,rows=25"],
        ...["-device", "virtconsole,bus=channels.0,nr=0,chardev=terminal"],
        ...["-chardev", `socket,id=sol,path=${run}/sol.sock,server=on,wait=off`],
        ...["-device", "virtconsole,bus=channels.0,nr=2,chardev=sol"],
        ...["-object", "secret,id=vnc-password,file=/run/ikvswitch/nodes/internet/vnc-password"],
        ...["-vnc", "127.0.0.1:50,password-secret=vnc-password"],
        ...["-object", "rng-builtin,id=rng"],
        ...["-device", "virtio-rng-pci,addr=3,disable-legacy=on,rng=rng"],
        ...["-netdev", "tap,id=ens4,ifname=ikht,script=no,downscript=no"],
        ...[
          "-device",
          "virtio-net-pci,netdev=ens4,mac=08:00:27:06:ac:41,bus=pcie.0,addr=8.0,host_mtu=9000,speed=10000,duplex=full,romfile=,disable-legacy=on,vectors=0,ioeventfd=off,ctrl_rx=off,ctrl_rx_extra=off,ctrl_vlan=off,guest_announce=off",
        ],
        ...["-netdev", "tap,id=ens5,ifname=ikin1,script=no,downscript=no"],
        ...[
          "-device",
          "virtio-net-pci,netdev=ens5,mac=08:00:27:06:ac:42,bus=pcie.0,addr=9.0,host_mtu=9000,speed=10000,duplex=full,romfile=,disable-legacy=on,vectors=0,ioeventfd=off,ctrl_rx=off,ctrl_rx_extra=off,ctrl_vlan=off,guest_announce=off",
        ],
        ...["-netdev", "tap,id=ens6,ifname=ikin2,script=no,downscript=no"],
        ...[
          "-device",
          "virtio-net-pci,netdev=ens6,mac=08:00:27:06:ac:43,bus=pcie.0,addr=a.0,host_mtu=9000,speed=10000,duplex=full,romfile=,disable-legacy=on,vectors=0,ioeventfd=off,ctrl_rx=off,ctrl_rx_extra=off,ctrl_vlan=off,guest_announce=off",
        ],
        ...["-device", "vmgenid,guid=auto"],
      ],
    });
  });

  it("gives a spine a NIC on each of its taps, and its own files and display", () => {
    const { args } = commandOf(spine1);
    expect(networkPart(args)).toEqual(
      ["ikit1", "ikst12", "ikst13", "ikst14", "ikst15", "ikst16", "ikst17"].flatMap((tap, index) => [
        "-netdev",
        `tap,id=ens${index + 4},ifname=${tap},script=no,downscript=no`,
        "-device",
        `virtio-net-pci,netdev=ens${index + 4},mac=08:00:27:06:ac:4${index + 1},bus=pcie.0,addr=${(8 + index).toString(16)}.0,host_mtu=9000,speed=10000,duplex=full,romfile=,disable-legacy=on,vectors=0,ioeventfd=off,ctrl_rx=off,ctrl_rx_extra=off,ctrl_vlan=off,guest_announce=off`,
      ]),
    );
    expect(args).toContain("127.0.0.1:51,password-secret=vnc-password");
    expect(args).toContain(
      "driver=file,node-name=node,filename=/run/ikvswitch/nodes/spine1/node.cpio,read-only=on,locking=off",
    );
  });

  it("differs between nodes only in the node's own name, files, taps and display", () => {
    const leaf = leaf1(1);
    const own = (node: Node) =>
      commandOf(node).args.map((argument) => argument.replaceAll(node.name, "NODE"));
    const [one, other] = [own(leaf), own(internet)];
    const differing = one.filter((argument, index) => argument !== other[index]);
    expect(differing).toEqual([
      "127.0.0.1:53,password-secret=vnc-password",
      "tap,id=ens4,ifname=iklt11,script=no,downscript=no",
      "tap,id=ens5,ifname=iklt12,script=no,downscript=no",
      "tap,id=ens6,ifname=ikls1-3,script=no,downscript=no",
    ]);
  });

  it("shares PCI slots between the NICs of a leaf with 48 rack positions", () => {
    const leaf = leaf1(46);
    const nics = commandOf(leaf).args.filter((argument) => argument.startsWith("virtio-net-pci"));
    expect(nics).toHaveLength(48);
    expect(nics[0]).toContain("addr=8.0,multifunction=on,");
    expect(nics[16]).toContain("addr=8.1,host_mtu");
    expect(nics[47]).toContain("addr=17.2,host_mtu");
  });

  it("gives a leaf a disk for DHCP leases, which is the same device if it keeps nothing", () => {
    const [file, slot] = ["/var/lib/ikvswitch/leases/leaf1", "virtio-blk-pci,addr=5,disable-legacy=on"];
    const device = `${slot},drive=leases,serial=leases,werror=report`;
    const disk = (leases: string | null) => disks({ ...machinePlan(leaf1(1)), leases });
    expect(disk(file)).toEqual([`driver=file,node-name=leases,filename=${file},locking=off`, device]);
    expect(disk(null)).toEqual(["driver=null-co,node-name=leases,size=1048576,read-zeroes=on", device]);
    expect(disks(machinePlan(leaf1(1)))).toEqual([]);
  });

  it("uses the host's processor and interrupt vectors under KVM", () => {
    const { args } = commandOf(internet, { accelerator: "kvm" });
    expect(args.slice(args.indexOf("-accel"), args.indexOf("-smp"))).toEqual([
      "-accel",
      "kvm",
      "-cpu",
      "host",
    ]);
    expect(args.filter((argument) => argument.includes("vectors=0"))).toEqual([]);
    expect(args).toContain("console=ttyS0 quiet");
  });

  it("is for the virt machine on arm64, with the same devices", () => {
    const x86 = commandOf(internet);
    const arm = commandOf(internet, { architecture: "arm64" });
    expect(arm.file).toBe("qemu-system-aarch64");
    expect(arm.args.filter((argument, index) => argument !== x86.args[index])).toEqual([
      "virt,gic-version=max",
      "max,pauth-impdef=on",
      "console=ttyS0 quiet norandmaps",
    ]);
  });

  it("keeps a warm base's memory in a file that a clone maps privately; a guest sees no other difference", () => {
    const file = "/images/1/templates/2/memory";
    const wordsOf = (memory: MachineMemory) => commandOf(internet, {}, memory).args;
    const warmBase = wordsOf({ kind: "warm-base", file });
    const clone = wordsOf({ kind: "clone", source: memorySource(file, "QEMU emulator version 10.0.13") });
    const older = wordsOf({ kind: "clone", source: memorySource(file, "QEMU emulator version 7.2.22") });
    expect(warmBase).toContain("q35,usb=off,vmport=off,sata=off,smbus=off,hpet=off,memory-backend=ram");
    expect(clone.filter((argument, index) => argument !== warmBase[index])).toEqual([
      "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
      "memory-backend-file,id=ram,size=192M,mem-path=/images/1/templates/2/memory,share=off,readonly=on,rom=off",
      "-incoming",
      "defer",
    ]);
    // QEMU 7.2 would need write access to the warm base; it gets a copy in memory instead.
    expect(older.filter((argument, index) => argument !== clone[index])).toEqual([
      "memory-backend-file,id=ram,size=192M,mem-path=/proc/self/fd/9,share=off",
    ]);
  });

  it("listens for VNC on the given address", () => {
    const { args } = commandOf(internet, { vncListen: "0.0.0.0" });
    expect(args[args.indexOf("-vnc") + 1]).toBe("0.0.0.0:50,password-secret=vnc-password");
  });
});

describe("confinement", () => {
  const user = { name: "ikvswitch", uid: 990, gid: 991, kvmGid: 108 };
  const qemu = { file: "qemu-system-x86_64", args: ["-S"] };
  const rest = ["--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"];

  it("gives the emulator its user and group, and no capability", () => {
    expect(confined(qemu, user, { kvm: false })).toEqual({
      file: "setpriv",
      args: ["--reuid=990", "--regid=991", "--clear-groups", ...rest, "qemu-system-x86_64", "-S"],
    });
  });

  it("drops the capabilities of a program that already runs as the emulator's user", () => {
    const noRights = ["--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs", "--"];
    expect(withoutRights(qemu)).toEqual({
      file: "setpriv",
      args: [...noRights, "qemu-system-x86_64", "-S"],
    });
  });

  it("adds the group of /dev/kvm only if KVM is used", () => {
    expect(confined(qemu, user, { kvm: true }).args[2]).toBe("--groups=108");
    expect(confined(qemu, { ...user, kvmGid: null }, { kvm: true }).args[2]).toBe("--clear-groups");
  });
});

describe("the command of a restored VM", () => {
  const clone = (kind: "snapshot" | "clone") =>
    commandOf(internet, {}, { kind, source: { file: "/s/memory", mapped: true } }).args;

  it("is a clone's, but starts paused, and expects a state without machine name and description", () => {
    const [restored, cloned] = [clone("snapshot"), clone("clone")];
    expect(restored.slice(-5)).toEqual([
      "-incoming",
      "defer",
      "-S",
      "-global",
      "migration.send-configuration=off",
    ]);
    const machine = restored[restored.indexOf("-machine") + 1];
    expect(machine).toBe(`${cloned[cloned.indexOf("-machine") + 1]},suppress-vmdesc=on`);
    expect(restored.slice(0, -3).filter((word) => word !== machine)).toEqual(
      cloned.filter((word) => `${word},suppress-vmdesc=on` !== machine),
    );
  });
});
