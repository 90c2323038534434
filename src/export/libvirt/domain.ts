import type { PositionNic } from "../../fabric/positions.ts";
import { escapeXml } from "../../format/escape-xml.ts";
import type { ExportFile } from "../model/file.ts";
import type { ServerPlace } from "../model/positions.ts";
import { networkInterface, tapInterface } from "./interfaces.ts";
import { uuidOf } from "./uuid.ts";

export interface DomainOptions {
  /** `qemu` emulates the processor, on hosts without KVM. */
  readonly type: "kvm" | "qemu";
  /** What its NICs attach to: the fabric's own taps, or the libvirt networks of the links. */
  readonly network: "tap" | "bridge" | "macvtap";
  readonly memoryMiB: number;
  readonly vcpus: number;
  /** Absolute path of the folder with the disk images, NAME.qcow2; null: without a disk. */
  readonly disks: string | null;
}

/**
 * A libvirt domain for the server at a rack position. It boots from its disk if it has one, else from the network: the
 * rack's left leaf serves DHCP there. Architecture and machine type are libvirt's defaults for the host.
 */
export function domainFile({ name, rack, position, nics }: ServerPlace, options: DomainOptions): ExportFile {
  const devices = [
    ...(options.disks === null ? [] : diskLines(`${options.disks}/${name}.qcow2`)),
    ...nics.flatMap((nic) => interfaceOf(nic, options).split("\n")),
    "<serial type='pty'/>",
    "<console type='pty'/>",
    "<rng model='virtio'>",
    "  <backend model='random'>/dev/urandom</backend>",
    "</rng>",
  ];
  return {
    path: `domains/${name}.xml`,
    content: [
      `<domain type='${options.type}'>`,
      `  <name>${name}</name>`,
      `  <uuid>${uuidOf("domain", name)}</uuid>`,
      `  <title>rack ${rack} U${position}</title>`,
      `  <memory unit='MiB'>${options.memoryMiB}</memory>`,
      `  <vcpu>${options.vcpus}</vcpu>`,
      "  <os>",
      "    <type>hvm</type>",
      "  </os>",
      "  <features>",
      "    <acpi/>",
      "  </features>",
      ...(options.type === "kvm" ? ["  <cpu mode='host-passthrough'/>"] : []),
      "  <devices>",
      ...devices.map((line) => `    ${line}`),
      "  </devices>",
      "</domain>",
      "",
    ].join("\n"),
  };
}

function interfaceOf(nic: PositionNic, { network, disks }: DomainOptions): string {
  const boot = nic.nic === 1 ? (disks === null ? 1 : 2) : null;
  return network === "tap" ? tapInterface(nic, boot) : networkInterface(nic, network, boot);
}

function diskLines(path: string): readonly string[] {
  return [
    "<disk type='file' device='disk'>",
    "  <driver name='qemu' type='qcow2'/>",
    `  <source file='${escapeXml(path)}'/>`,
    "  <target dev='vda' bus='virtio'/>",
    "  <boot order='1'/>",
    "</disk>",
  ];
}
