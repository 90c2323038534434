import type { Address, InterfaceName, Prefix } from "../../fabric/types.ts";

/** What a user wants to hold besides the plan. */
export type Assertion = AssertionText &
  (
    | { readonly kind: "reach"; readonly from: string; readonly address: string; readonly wanted: boolean }
    | {
        readonly kind: "route";
        readonly from: string;
        readonly prefix: Prefix;
        readonly via: RouteVia;
        readonly wanted: boolean;
      }
    | { readonly kind: "lease"; readonly mac: string; readonly address: Address | null }
  );

export interface AssertionText {
  /** As in the file, without superfluous spaces. */
  readonly text: string;
}

/** How many next hops, or just which ports; null: any. */
export type RouteVia = { readonly count: number } | { readonly ports: readonly InterfaceName[] } | null;

/** Instead of a switch's name: this machine. */
export const HOST = "host";
