import type { InterfaceName } from "../../fabric/types.ts";
import type { Address } from "../../net/address.ts";
import type { Mac } from "../../net/mac.ts";
import type { Prefix } from "../../net/prefix.ts";

/** What a user wants to hold besides the plan. */
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

/** How many next hops, or just which ports; null: any. */
export type RouteVia = { readonly count: number } | { readonly ports: readonly InterfaceName[] } | null;

/** Instead of a switch's name: this machine. */
export const HOST = "host";
