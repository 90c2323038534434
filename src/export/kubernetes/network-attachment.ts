import type { PositionNic } from "../../fabric/positions.ts";
import { describeNic, networkName } from "../model/positions.ts";

/** How a pod's NIC attaches to its link's bridge: the name of the CNI plugin. */
export const CNI_PLUGINS = ["bridge", "macvlan", "macvtap"] as const;

export type CniPlugin = (typeof CNI_PLUGINS)[number];

/** The kind of Multus, by which pods and VMs name further networks; https://k8s.v1.cni.cncf.io. */
export interface NetworkAttachmentDefinition {
  readonly apiVersion: "k8s.cni.cncf.io/v1";
  readonly kind: "NetworkAttachmentDefinition";
  readonly metadata: {
    readonly name: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  /** `config` is a CNI configuration in JSON. */
  readonly spec: { readonly config: string };
}

/** Name of the device plugin's resources: one macvtap device over a NIC's bridge. */
export function macvtapResource(nic: PositionNic): string {
  return `macvtap.network.kubevirt.io/${networkName(nic)}`;
}

/** The network that leads to a NIC's leaf port. */
export function networkAttachment(nic: PositionNic, plugin: CniPlugin): NetworkAttachmentDefinition {
  return {
    apiVersion: "k8s.cni.cncf.io/v1",
    kind: "NetworkAttachmentDefinition",
    metadata: {
      name: networkName(nic),
      annotations: {
        "ikvswitch.internal/link": describeNic(nic),
        // Multus asks the device plugin for a device, and gives its name to the CNI plugin.
        ...(plugin === "macvtap" ? { "k8s.v1.cni.cncf.io/resourceName": macvtapResource(nic) } : {}),
      },
    },
    spec: { config: JSON.stringify(cniConfig(nic, plugin), null, 2) },
  };
}

/**
 * The CNI configuration. Without `ipam`, the pod gets no address: a server's address comes from the leaf's DHCP, or from
 * itself. The capability `mac` has the plugin set the MAC that the pod demands.
 */
export function cniConfig(nic: PositionNic, plugin: CniPlugin): object {
  const name = networkName(nic);
  switch (plugin) {
    case "bridge":
      return {
        cniVersion: "1.0.0",
        name,
        type: "bridge",
        bridge: nic.bridge,
        mtu: nic.mtu,
        capabilities: { mac: true },
        ipam: {},
      };
    case "macvlan":
      return {
        cniVersion: "1.0.0",
        name,
        type: "macvlan",
        master: nic.bridge,
        mode: "bridge",
        mtu: nic.mtu,
        capabilities: { mac: true },
        ipam: {},
      };
    case "macvtap":
      return { cniVersion: "0.3.1", name, type: "macvtap", mtu: nic.mtu };
  }
}
