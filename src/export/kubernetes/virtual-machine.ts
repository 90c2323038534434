import type { V1Interface, V1VirtualMachine } from "@kubevirt-ui-ext/kubevirt-api/kubevirt";
import type { PositionNic } from "../../fabric/positions.ts";
import { networkName, type ServerPlace } from "../model/positions.ts";
import { labelsOf, NODE_SELECTOR } from "./labels.ts";

export interface MachineOptions {
  readonly plugin: "bridge" | "macvtap";
  /** A containerDisk. */
  readonly image: string;
  readonly memoryMiB: number;
  readonly vcpus: number;
  /** The VLAN of BGP on both NICs; null: untagged. */
  readonly vlan: number | null;
  /** Name of a Secret with cloud-init's user data; null: the host name alone. */
  readonly userDataSecret: string | null;
}

/**
 * A KubeVirt VM at a rack position, halted. Its only NICs are the two of the position, with their MACs; the pod
 * network stays with the pod.
 */
export function virtualMachine(place: ServerPlace, options: MachineOptions): V1VirtualMachine {
  const { name, nics } = place;
  const labels = labelsOf(place);
  return {
    apiVersion: "kubevirt.io/v1",
    kind: "VirtualMachine",
    metadata: { name, labels },
    spec: {
      runStrategy: "Halted",
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: NODE_SELECTOR,
          domain: {
            cpu: { cores: options.vcpus },
            memory: { guest: `${options.memoryMiB}Mi` },
            devices: {
              disks: [
                { name: "root", disk: { bus: "virtio" } },
                { name: "cloud-init", disk: { bus: "virtio" } },
              ],
              interfaces: nics.map((nic) => interfaceOf(nic, options.plugin)),
              rng: {},
            },
          },
          networks: nics.map((nic) => ({
            name: nicName(nic),
            multus: { networkName: networkName(nic) },
          })),
          volumes: [
            { name: "root", containerDisk: { image: options.image } },
            {
              name: "cloud-init",
              cloudInitNoCloud: {
                ...(options.userDataSecret === null
                  ? { userData: `#cloud-config\nhostname: ${name}\n` }
                  : { secretRef: { name: options.userDataSecret } }),
                networkData: networkData(nics, options.vlan),
              },
            },
          ],
        },
      },
    },
  };
}

function interfaceOf(nic: PositionNic, plugin: MachineOptions["plugin"]): V1Interface {
  const common = { name: nicName(nic), model: "virtio", macAddress: String(nic.mac) };
  // Since KubeVirt 1.3, macvtap is a plugin that the cluster has to know.
  return plugin === "bridge" ? { ...common, bridge: {} } : { ...common, binding: { name: "macvtap" } };
}

function nicName({ nic }: PositionNic): string {
  return `nic${nic}`;
}

/** cloud-init's network configuration, version 2: DHCP on the first NIC, and the interfaces of BGP. */
function networkData(nics: readonly PositionNic[], vlan: number | null): string {
  const ethernets = nics.flatMap((nic) => [
    `  ${nicName(nic)}:`,
    `    match: {macaddress: "${nic.mac}"}`,
    `    set-name: ${nicName(nic)}`,
    `    mtu: ${nic.mtu}`,
    `    dhcp4: ${nic.nic === 1}`,
    "    optional: true",
  ]);
  const vlans =
    vlan === null
      ? []
      : [
          "vlans:",
          ...nics.flatMap((nic) => [
            `  bgp${nic.nic}:`,
            `    id: ${vlan}`,
            `    link: ${nicName(nic)}`,
            "    optional: true",
          ]),
        ];
  return `${["version: 2", "ethernets:", ...ethernets, ...vlans].join("\n")}\n`;
}
