import type { InterfaceName } from "../../fabric/types.ts";
import type { Address } from "../../net/address.ts";
import type { Mac } from "../../net/mac.ts";
import type { Prefix } from "../../net/prefix.ts";

/** A condition that the user requires in addition to the plan. */
export type Assertion = AssertionText &
  (
    | { readonly kind: "reach"; readonly from: string; readonly address: Address; readonly wanted: boolean }
    | {
        readonly kind: "route";
        readonly from: string;
        readonly prefix: Prefix;
        readonly via: RouteVia;
        readonly wanted: boolean;
      }
    | { readonly kind: "lease"; readonly mac: Mac; readonly address: Address | null }
  );

export interface AssertionText {
  /** As in the file, without superfluous spaces. */
  readonly text: string;
}

/** The number of next hops, or exactly these ports; null: any. */
export type RouteVia = { readonly count: number } | { readonly ports: readonly InterfaceName[] } | null;

/** Used in place of a switch's name: this host. */
export const HOST = "host";
