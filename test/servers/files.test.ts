import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { plugServerLines, serverFrrConf, serverScript } from "../../src/servers/files.ts";
import { planServers } from "../../src/servers/plan.ts";
import { shippedConfig } from "../fabric/config.ts";

const [a] = planServers(planFabric(shippedConfig()), () => true);

describe("a benchmark server", () => {
  it("gets veth pairs of ours from the bridges of both leaves into its namespace", () => {
    expect(plugServerLines(a, 4711)).toEqual([
      "link add name ikbench1-1 mtu 9000 group 26987 master ikeb1-15 type veth peer name eth0 mtu 9000 netns 4711",
      "link set dev ikbench1-1 type bridge_slave learning off",
      "link add name ikbench1-2 mtu 9000 group 26987 master ikeb2-15 type veth peer name eth1 mtu 9000 netns 4711",
      "link set dev ikbench1-2 type bridge_slave learning off",
    ]);
  });

  it("speaks BGP on the servers' VLAN, or untagged where leaves do", () => {
    expect(serverFrrConf(a, 10)).toContain(" neighbor eth0.10 interface peer-group LEAVES\n");
    expect(serverFrrConf(a, null)).toContain(" neighbor eth0 interface peer-group LEAVES\n");
    expect(serverFrrConf(a, null)).toContain(`  network ${a.address}/32\n`);
    expect(serverScript(a, 10)).toContain("ip link add link eth1 name eth1.10 type vlan id 10");
    expect(serverScript(a, null)).not.toContain("vlan");
  });
});
