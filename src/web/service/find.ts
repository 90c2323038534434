import { linksOf } from "../../fabric/ends.ts";
import type { Fabric, Link, Node } from "../../fabric/types.ts";
import { Refusal } from "../model/error.ts";

/** Returns the switch of that name. @throws Refusal */
export function nodeNamed(fabric: Fabric, name = ""): Node {
  const node = fabric.nodes.find((one) => one.name === name);
  if (node === undefined) {
    throw new Refusal(404, "not-found", `unknown switch: ${name}`);
  }
  return node;
}

/** Returns the link of that bridge. @throws Refusal */
export function linkOfBridge(fabric: Fabric, bridge = ""): Link {
  const link = linksOf(fabric).find((one) => one.bridge.name === bridge);
  if (link === undefined) {
    throw new Refusal(404, "not-found", `no link has the bridge ${bridge}`);
  }
  return link;
}
