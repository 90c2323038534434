import { describe, expect, it } from "vitest";
import { netnsPorts, portLine } from "../../../src/backends/netns/netns-ports.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import type { Fabric } from "../../../src/fabric/types.ts";
import { configFrom } from "../../fabric/config.ts";

const fabric = planFabric(configFrom("NUM_RACKS=1", "NUM_U=3"));

function lines(name: string, { nodes, ...rest }: Fabric = fabric): readonly string[] {
  const node = nodes.find((candidate) => candidate.name === name);
  return node === undefined ? [] : netnsPorts({ nodes, ...rest }, node).map((port) => portLine(port, name));
}

describe("the ports of a netns", () => {
  it("are veths with the planned names, MACs and MTUs at both ends, on the link's bridge and in our group", () => {
    expect(lines("leaf1")[1]).toBe(
      "leaf1 link link add iklt12 address 00:22:22:dd:ee:1b mtu 9000 group 26987 master iksb22 type veth" +
        " peer name ens5 address 08:00:27:06:ac:42 mtu 9000 netns PID",
    );
  });

  it("are all ports of the plan, each once", () => {
    for (const node of fabric.nodes) {
      const peers = lines(node.name).map((line) => / peer name (\S+) /.exec(line)?.[1]);
      expect(peers).toEqual(node.ports.map(({ name }) => name));
    }
  });

  it("are outside in a bridge of the host's, whose MAC stays its own", () => {
    const bridged = planFabric(configFrom("UPLINK=bridge:br0"));
    expect(lines("internet", bridged).at(-1)).toBe(
      "internet outside link add ikut address fe:00:27:06:ac:14 mtu 1500 group 26987 master br0 type veth" +
        " peer name ens7 address 08:00:27:06:ac:14 mtu 1500 netns PID",
    );
  });

  it("are outside on a NIC of the host's, with nothing on the host", () => {
    const onNic = planFabric(configFrom("UPLINK=macvtap:eth1"));
    expect(lines("internet", onNic).at(-1)).toBe(
      "internet macvlan link add link eth1 name ens7 address 08:00:27:06:ac:14 mtu 1500 netns PID type macvlan mode bridge",
    );
  });
});
