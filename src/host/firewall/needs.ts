import type { Address, HostPlan, Prefix } from "../../fabric/types.ts";
import type { Family } from "./observed.ts";

export interface FirewallNeeds {
  readonly prefix: Prefix;
  readonly host: HostPlan;
  /** Resolved from `auto`. */
  readonly snatAddress: Address;
  readonly bridgeNetfilter: Readonly<Record<Family, boolean>>;
}
