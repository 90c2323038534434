import { describe, expect, it } from "vitest";
import { vethLine, vethPorts } from "../../../src/backends/netns/veth-ports.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom } from "../../fabric/config.ts";

const fabric = planFabric(configFrom("NUM_RACKS=1", "NUM_U=3"));

function lines(name: string): readonly string[] {
  const node = fabric.nodes.find((candidate) => candidate.name === name);
  return node === undefined ? [] : vethPorts(fabric, node).map((port) => vethLine(port, name));
}

describe("the ports of a netns", () => {
  it("are veths with the planned names, MACs and MTUs at both ends, on the link's bridge and in our group", () => {
    expect(lines("leaf1")[1]).toBe(
      "link add iklt12 address 00:22:22:dd:ee:1b mtu 9000 group 26987 master iksb22 type veth" +
        " peer name ens5 address 08:00:27:06:ac:42 mtu 9000 netns leaf1",
    );
  });

  it("are all ports of the plan, each once", () => {
    for (const node of fabric.nodes) {
      const peers = lines(node.name).map((line) => / peer name (\S+) /.exec(line)?.[1]);
      expect(peers).toEqual(node.ports.map(({ name }) => name));
    }
  });
});
