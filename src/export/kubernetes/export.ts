import type { Fabric } from "../../fabric/types.ts";
import { type Selection, type ServerPlace, selectPlaces } from "../model/positions.ts";
import { macvtapDevices } from "./macvtap-devices.ts";
import { type CniPlugin, networkAttachment } from "./network-attachment.ts";
import { pod } from "./pod.ts";
import { virtualMachine } from "./virtual-machine.ts";

export interface KubernetesOptions {
  readonly selection: Selection;
  readonly server: ServerOptions;
  /** cloud-init's user data of the VMs, each of which has a copy; null: none. */
  readonly userData: string | null;
}

/** What is at each rack position besides its networks. macvlan is for pods only: it drops frames for other MACs. */
export type ServerOptions =
  | {
      readonly kind: "vm";
      readonly plugin: "bridge" | "macvtap";
      readonly image: string;
      readonly memoryMiB: number;
      readonly vcpus: number;
    }
  | { readonly kind: "pod"; readonly plugin: CniPlugin; readonly image: string }
  | { readonly kind: "none"; readonly plugin: CniPlugin };

/** Objects that belong into one file. */
export interface Manifest {
  /** File name without its ending. */
  readonly name: string;
  readonly objects: readonly object[];
}

/**
 * Returns what the cluster needs first, then a manifest for each selected rack position: the networks of its NICs, and
 * its server.
 * @throws UsageError for a rack or a position that the fabric lacks
 */
export function exportKubernetes(fabric: Fabric, options: KubernetesOptions): readonly Manifest[] {
  const { selection, server } = options;
  const places = selectPlaces(fabric, selection);
  const devices = macvtapDevices(places.flatMap(({ nics }) => nics));
  return [
    ...(server.plugin === "macvtap" ? [{ name: devices.metadata.name, objects: [devices] }] : []),
    ...places.map((place) => ({
      name: place.name,
      objects: [
        ...place.nics.map((nic) => networkAttachment(nic, server.plugin)),
        ...serverObjects(place, fabric, options),
      ],
    })),
  ];
}

function serverObjects(
  place: ServerPlace,
  { serverAccess }: Fabric,
  { server, userData }: KubernetesOptions,
): readonly object[] {
  switch (server.kind) {
    case "vm": {
      const secrets = userData === null ? [] : [userDataSecret(`${place.name}-user-data`, userData)];
      const secretName = secrets[0]?.metadata.name ?? null;
      const machine = { ...server, vlan: serverAccess.vlan, userDataSecret: secretName };
      return [...secrets, virtualMachine(place, machine)];
    }
    case "pod":
      return [pod(place, server)];
    case "none":
      return [];
  }
}

/** A Secret, because KubeVirt takes 2048 bytes at most from the VM itself. */
function userDataSecret(name: string, userdata: string) {
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { userdata } };
}
