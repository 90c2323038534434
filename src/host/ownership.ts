import type { Fabric } from "../fabric/types.ts";
import type { ObservedLink } from "./observed.ts";

/** Link group of every device that we create: "ik" in ASCII. One kernel operation removes a whole group. */
export const LINK_GROUP = 0x696b;
/** Routing protocol number of our route, so that routes which users add over our bridge stay theirs. */
export const ROUTE_PROTOCOL = 0x6b;
/** Comment on every firewall rule that we add, and the name of our table where only nft is installed. */
export const RULE_COMMENT = "ikvswitch";

/**
 * Tells our devices from others.
 *
 * Ours are those in our link group. A tap can't be created in a group: it is made by an ioctl and moved by a
 * second step. So a tap that still is in the default group, but has a name of ours and belongs to the
 * emulator's user, is ours as well: we were killed between the two steps.
 */
export function linkOwnership(fabric: Fabric): (link: ObservedLink) => boolean {
  const patterns = namePatterns(fabric).map(patternToRegExp);
  return (link) =>
    link.group === LINK_GROUP ||
    (link.group === 0 &&
      link.tapOwner === fabric.host.user &&
      patterns.some((pattern) => pattern.test(link.name)));
}

/** Names of our devices as globs: `ikhb`, `ikeb[0-9]*`. They cover those of a fabric of another size, too. */
export function namePatterns(fabric: Fabric): readonly string[] {
  const names = fabric.wires.flatMap((wire) => [
    wire.bridge.name,
    ...wire.interfaces.map(({ name }) => name),
  ]);
  return [...new Set(names.map((name) => name.replace(/\d[\d-]*$/, "[0-9]*")))].sort();
}

function patternToRegExp(pattern: string): RegExp {
  const digits = "[0-9]*";
  const stem = pattern.endsWith(digits) ? pattern.slice(0, -digits.length) : pattern;
  const escaped = stem.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`^${escaped}${pattern === stem ? "" : "\\d[\\d-]*"}$`);
}
