import type { PositionNic } from "../../fabric/positions.ts";
import { networkName } from "../model/positions.ts";

export interface ConfigMap {
  readonly apiVersion: "v1";
  readonly kind: "ConfigMap";
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
}

/**
 * The configuration of macvtap-cni's device plugin: a resource for each NIC, over the bridge of its link. Its capacity
 * of 1 keeps a second VM from the same rack position.
 */
export function macvtapDevices(nics: readonly PositionNic[]): ConfigMap {
  const resources = nics.map((nic) => ({
    name: networkName(nic),
    lowerDevice: nic.bridge,
    mode: "bridge",
    capacity: 1,
  }));
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "macvtap-deviceplugin-config" },
    data: { DP_MACVTAP_CONF: JSON.stringify(resources, null, 2) },
  };
}
