import { networkName, type ServerPlace } from "../model/positions.ts";
import { labelsOf, NODE_SELECTOR } from "./labels.ts";
import { type CniPlugin, macvtapResource } from "./network-attachment.ts";

export interface Pod {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/**
 * A pod at a rack position, with the interfaces `nic1` and `nic2` and their MACs. It may change its own network: add
 * addresses and VLANs, and run a routing daemon.
 */
export function pod(place: ServerPlace, { image, plugin }: { image: string; plugin: CniPlugin }): Pod {
  const { name, nics } = place;
  const networks = nics.map((nic) => ({
    name: networkName(nic),
    interface: `nic${nic.nic}`,
    mac: String(nic.mac),
  }));
  const devices = Object.fromEntries(nics.map((nic) => [macvtapResource(nic), "1"]));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      labels: labelsOf(place),
      annotations: { "k8s.v1.cni.cncf.io/networks": JSON.stringify(networks, null, 2) },
    },
    spec: {
      nodeSelector: NODE_SELECTOR,
      containers: [
        {
          name: "server",
          image,
          command: ["sleep", "infinity"],
          securityContext: { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
          ...(plugin === "macvtap" ? { resources: { limits: devices } } : {}),
        },
      ],
    },
  };
}
