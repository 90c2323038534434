import { linksOf } from "../../fabric/ends.ts";
import type { Fabric, Link, Node } from "../../fabric/types.ts";
import type { Lab } from "../../lab/lab.ts";
import { findVms } from "../../vms/observe.ts";
import type { VmRecord } from "../../vms/record.ts";
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

/**
 * Returns the record of the VM of that name, which is looked up among those that there are before it becomes a path.
 * @throws Refusal if there is none, or it is damaged.
 */
export async function vmNamed({ host, settings }: Lab, name = ""): Promise<VmRecord> {
  const found = (await findVms(host, settings)).find((vm) => vm.name === name);
  if (found === undefined || found.record === null) {
    throw new Refusal(
      404,
      "not-found",
      found === undefined ? `no VM ${name}` : `${name}'s record is damaged`,
    );
  }
  return found.record;
}
