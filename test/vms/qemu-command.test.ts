import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { positionNics } from "../../src/fabric/positions.ts";
import { vmFolder } from "../../src/vms/folder.ts";
import { type VmSpec, vmCommand } from "../../src/vms/qemu-command.ts";
import { shippedConfig } from "../fabric/config.ts";
import { profile } from "./profile.ts";

const folder = vmFolder({ stateDir: "/state", runDir: "/run/ikv" }, "web1");
const nics = positionNics(planFabric(shippedConfig()), 1, 3);

function argsOf(changes: Partial<VmSpec> = {}): readonly string[] {
  const spec: VmSpec = {
    ...{ profile: profile(), nics, architecture: "x86_64", accelerator: "tcg" },
    ...{ boot: null, firmware: null, seed: null, cd: null },
    uuid: "01234567-89ab-5def-8123-456789abcdef",
    bootOrder: (changes.profile ?? profile()).boot,
    ...changes,
  };
  const { file, args } = vmCommand(spec, folder);
  return [file, ...args];
}

/** The values of an option that is given several times. */
function valuesOf(args: readonly string[], option: string): readonly string[] {
  return args.flatMap((word, index) => (args[index - 1] === option ? [word] : []));
}

const boot = {
  ...{ folder: "/state/images/x", kernel: "/k", initrd: "/i", root: "/r", kernelArguments: "quiet" },
};

describe("QEMU's command for a VM in a rack", () => {
  it("has the taps, the MACs and the MTU of the position, and no way to gain rights", () => {
    const args = argsOf();
    expect(args[0]).toBe("qemu-system-x86_64");
    expect(valuesOf(args, "-netdev")).toEqual([
      "tap,id=net1,ifname=ikvm1-3-1,script=no,downscript=no",
      "tap,id=net2,ifname=ikvm1-3-2,script=no,downscript=no",
    ]);
    const devices = valuesOf(args, "-device").filter((device) => device.startsWith("virtio-net"));
    expect(devices[0]).toMatch(/,netdev=net1,id=nic1,mac=02:69:01:00:03:01,host_mtu=9000,/);
    expect(devices[1]).toMatch(/,netdev=net2,id=nic2,mac=02:69:01:00:03:02,host_mtu=9000,/);
    expect(valuesOf(args, "-sandbox")).toEqual([
      "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
    ]);
    expect(valuesOf(args, "-smp")).toEqual(["2"]);
    expect(valuesOf(args, "-m")).toEqual(["size=512M"]);
  });

  it("has all sockets in the folder of the emulator's user, and no port", () => {
    const args = argsOf();
    expect(valuesOf(args, "-vnc")).toEqual(["unix:/run/ikv/vms/web1/run/vnc.sock"]);
    for (const chardev of valuesOf(args, "-chardev")) {
      expect(chardev).toMatch(/,path=\/run\/ikv\/vms\/web1\/run\/\w+\.sock,/);
    }
  });

  it("boots from its devices in the profile's order", () => {
    const disks = [{ size: "1G", base: null, copy: false }];
    const indexes = (args: readonly string[]) =>
      valuesOf(args, "-device").flatMap((device) => {
        const [, id, index] = /(?:drive|netdev)=(\w+).*,bootindex=(\d)/.exec(device) ?? [];
        return id === undefined ? [] : [`${id} ${index}`];
      });
    expect(indexes(argsOf({ profile: profile({ disks }) }))).toEqual(["disk1 0", "net1 1"]);
    expect(indexes(argsOf({ profile: profile({ disks, boot: ["network", "disk"] }) }))).toEqual([
      "disk1 1",
      "net1 0",
    ]);
    expect(indexes(argsOf({ profile: profile({ boot: ["network"] }) }))).toEqual(["net1 0"]);
  });

  it("has a CD drive with an image of the host or of the web, unless it boots the switches' image", () => {
    expect(valuesOf(argsOf(), "-device")).toContain("scsi-cd,bus=scsi.0,id=cd");
    const args = argsOf({ cd: "https://example.net/a,b.iso", bootOrder: ["cd", "network"] });
    expect(valuesOf(args, "-device")).toContain("scsi-cd,bus=scsi.0,id=cd,drive=medium,bootindex=0");
    const [medium = ""] = valuesOf(args, "-blockdev").filter((text) => text.startsWith("{"));
    expect(JSON.parse(medium)).toMatchObject({
      ...{ "node-name": "medium", "read-only": true },
      file: { driver: "https", url: "https://example.net/a,b.iso" },
    });
    const switches = argsOf({ profile: profile({ image: "switch" }), boot });
    expect(valuesOf(switches, "-device").join(" ")).not.toContain("scsi");
  });

  it("has its disks, the firmware's variables and the files for cloud-init", () => {
    const args = argsOf({
      profile: profile({
        disks: [
          { size: "1G", base: null, copy: false },
          { size: null, base: "/b", copy: false },
        ],
        firmware: "uefi",
      }),
      firmware: { code: "/code.fd", variables: "/state/vms/web1/uefi-variables.fd" },
      seed: "/run/ikv/vms/web1/seed",
    });
    expect(valuesOf(args, "-blockdev")).toEqual([
      "driver=qcow2,node-name=disk1,discard=unmap,file.driver=file,file.filename=/state/vms/web1/disk1.qcow2",
      "driver=qcow2,node-name=disk2,discard=unmap,file.driver=file,file.filename=/state/vms/web1/disk2.qcow2",
      "driver=vvfat,node-name=seed,dir=/run/ikv/vms/web1/seed,label=cidata,read-only=on",
    ]);
    expect(valuesOf(args, "-drive")).toEqual([
      "if=pflash,unit=0,format=raw,readonly=on,file=/code.fd",
      "if=pflash,unit=1,format=raw,file=/state/vms/web1/uefi-variables.fd",
    ]);
  });

  it("boots the switches' image without firmware for the NICs and without a graphics card", () => {
    const args = argsOf({ profile: profile({ image: "switch" }), boot });
    expect(valuesOf(args, "-kernel")).toEqual(["/k"]);
    expect(valuesOf(args, "-blockdev")).toEqual([
      "driver=file,node-name=root,filename=/r,read-only=on,locking=off",
      "driver=file,node-name=node,filename=/run/ikv/vms/web1/files.cpio,read-only=on,locking=off",
    ]);
    expect(args).not.toContain("-vga");
    expect(args.join(" ")).toContain("romfile=");
  });

  it("runs under KVM with the host's processor", () => {
    expect(valuesOf(argsOf({ accelerator: "kvm" }), "-cpu")).toEqual(["host"]);
    expect(argsOf({ architecture: "arm64" })[0]).toBe("qemu-system-aarch64");
  });

  it("gives each device a slot of its own", () => {
    const disks = Array.from({ length: 9 }, () => ({ size: "1G", base: null, copy: false }));
    const args = argsOf({ profile: profile({ disks }), seed: "/s" });
    const slots = valuesOf(args, "-device").flatMap((device) => /,addr=([0-9a-f]+),/.exec(device)?.[1] ?? []);
    expect(new Set(slots).size).toBe(slots.length);
    expect(slots.every((slot) => Number.parseInt(slot, 16) < 32)).toBe(true);
  });
});
