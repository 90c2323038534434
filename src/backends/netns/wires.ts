import type { Fabric, Node } from "../../fabric/types.ts";
import { LINK_GROUP } from "../../host/model/ownership.ts";

/**
 * Lines for ip, run on the host, that make a node's ports: veth pairs, each with one end in the sandbox and named as
 * in the plan, and the other on the wire's bridge in place of a tap. The last word stands for the sandbox.
 */
export function wireLines(fabric: Fabric, node: Node): readonly string[] {
  const interfaces = new Map(
    fabric.wires.flatMap((wire) =>
      wire.interfaces.map((end) => [end.name, { ...end, bridge: wire.bridge.name }]),
    ),
  );
  return node.ports.flatMap((port) => {
    const end = interfaces.get(port.tap);
    return end === undefined
      ? []
      : [
          `link add ${end.name} address ${end.mac} mtu ${end.mtu} group ${LINK_GROUP} master ${end.bridge} type veth` +
            ` peer name ${port.name} address ${port.mac} mtu ${port.mtu} netns ${node.name}`,
        ];
  });
}

/** The host's end of the port that such a line makes. */
export function hostEndOf(line: string): string {
  return line.split(" ")[2] ?? "";
}
