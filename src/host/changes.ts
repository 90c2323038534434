import type { InterfaceName } from "../fabric/types.ts";
import type { InterfaceAddress } from "../net/interface-address.ts";
import type { DesiredAddress, DesiredRoute } from "./desired.ts";
import type { ManagerFile } from "./managers.ts";
import type { DesiredDevice, Redirect } from "./model/desired-devices.ts";
import type { DesiredRule, ObservedRule } from "./model/firewall-rules.ts";
import type { ObservedRoute } from "./model/observed.ts";

/**
 * One difference between the observed and the desired state, which is also one change to make. A missing device is one
 * difference: its address, its MTU and the like are not counted separately.
 */
export type Change =
  | { readonly kind: "add-device"; readonly device: DesiredDevice }
  | { readonly kind: "remove-device"; readonly name: InterfaceName }
  /** The wrong attributes can't be changed on an existing device. */
  | {
      readonly kind: "replace-device";
      readonly device: DesiredDevice;
      readonly wrong: readonly WrongAttribute[];
    }
  | { readonly kind: "set-device"; readonly device: DesiredDevice; readonly wrong: readonly WrongAttribute[] }
  | { readonly kind: "disable-ipv6"; readonly name: InterfaceName }
  | { readonly kind: "enable-ipv6"; readonly name: InterfaceName }
  | {
      readonly kind: "set-redirect";
      readonly redirect: Redirect;
      /** Null also if something else happens to the frames. */
      readonly observed: InterfaceName | null;
      /** What is there has to be removed first. */
      readonly replace: boolean;
    }
  | { readonly kind: "add-address"; readonly address: DesiredAddress }
  | { readonly kind: "remove-address"; readonly device: InterfaceName; readonly address: InterfaceAddress }
  | { readonly kind: "add-route"; readonly route: DesiredRoute }
  | { readonly kind: "remove-route"; readonly route: ObservedRoute }
  | { readonly kind: "add-rule"; readonly rule: DesiredRule }
  | { readonly kind: "remove-rule"; readonly rule: ObservedRule }
  | { readonly kind: "enable-forwarding" }
  /** Foreign devices in `acceptRa` go on accepting router advertisements. */
  | { readonly kind: "enable-ipv6-forwarding"; readonly acceptRa: readonly InterfaceName[] }
  | { readonly kind: "enable-bridge-forwarding"; readonly bridge: InterfaceName }
  | { readonly kind: "write-manager-file"; readonly file: ManagerFile; readonly missing: boolean }
  | { readonly kind: "remove-manager-file"; readonly path: string };

export interface WrongAttribute {
  readonly name: DeviceAttribute;
  readonly expected: string;
  readonly observed: string;
}

export type DeviceAttribute =
  | "kind"
  | "owner"
  | "mac"
  | "mtu"
  | "group"
  | "alias"
  | "bridge"
  | "peer"
  | "tunnel"
  | "nic"
  | "arp"
  | "learning"
  | "state"
  | "qdisc"
  | "stp"
  | "forward delay"
  | "multicast snooping"
  | "group forward mask";
