import type { Config } from "../../src/config/types.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type * as planned from "../../src/fabric/types.ts";
import { type Plain, plain } from "../net/plain.ts";

type Fabric = Plain<planned.Fabric>;
type LeafNode = Plain<planned.LeafNode>;
type Node = Plain<planned.Node>;
type Port = Plain<planned.Port>;
type Link = Plain<planned.Link>;

/** Returns the plan with its addresses as text. */
export function plan(config: Config): Fabric {
  return plain(planFabric(config));
}

export function nodeOf(fabric: Fabric, name: string): Node {
  return found(
    fabric.nodes.find((node) => node.name === name),
    name,
  );
}

export function portOf(fabric: Fabric, node: string, name: string): Port {
  return found(
    nodeOf(fabric, node).ports.find((port) => port.name === name),
    `${node} ${name}`,
  );
}

export function linkOf(fabric: Fabric, bridge: string): Link {
  return found(
    fabric.links.find((link) => link.bridge.name === bridge),
    bridge,
  );
}

export function endOf({ end }: Link["interfaces"][number]): string {
  switch (end.kind) {
    case "host":
      return "host";
    case "node":
      return `${end.node} ${end.port}`;
    case "server":
      return `server ${end.rack}-${end.position}-${end.nic}`;
  }
}

export function leaves(fabric: Fabric): LeafNode[] {
  return fabric.nodes.filter((node) => node.role === "leaf");
}

export function scopes(fabric: Fabric): string[] {
  return leaves(fabric).flatMap((leaf) => leaf.dhcp?.prefix ?? []);
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw new Error(`the plan has no ${what}`);
  }
  return value;
}
