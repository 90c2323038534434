import { expect, it } from "vitest";
import { describeComputed } from "../../src/fabric/computed.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { planPlugSockets } from "../../src/fabric/plug-sockets.ts";
import { configFrom } from "./config.ts";

it("the computed values are the gateway, loopbacks, pools, VLANs and sockets", () => {
  const fabric = planFabric(configFrom("NUM_RACKS=1", "NUM_SPINES=1", "VLAN_SUBNETS_NUM=1"));
  const plugs = planPlugSockets(fabric, { portStart: 29_000, folder: "/run/ikvswitch/plug" });
  expect(describeComputed(fabric, plugs).map((row) => `${row.what}: ${row.value}`)).toEqual([
    "whole network: 192.168.96.0/19",
    "host's address: 192.168.96.1/24",
    "host's gateway to the fabric: 192.168.96.2",
    "host's address in the BMC network: 192.168.200.1/24",
    "servers may announce: 192.168.96.0/19",
    "internet: loopback 192.168.98.1, AS 65500, VNC port 5980, BMC 192.168.200.10",
    "spine1: loopback 192.168.98.2, AS 65501, VNC port 5981, BMC 192.168.200.11",
    "leaf1: loopback 192.168.98.3, AS 65502, VNC port 5982, BMC 192.168.200.12",
    "leaf2: loopback 192.168.98.4, AS 65503, VNC port 5983, BMC 192.168.200.13",
    "DHCP of rack 1: 192.168.110.0/24, pool 192.168.110.20 to 192.168.110.250, router 192.168.110.1",
    "VLAN 11 on leaf2: 192.168.113.0/24, gateway 192.168.113.1",
    "shared segment: 192.168.110.0/24, gateway 192.168.110.1, this host 192.168.96.1, 127.0.0.1:29000, /run/ikvswitch/plug/segment",
    "sockets of rack 1: 127.0.0.1:29001 to 29026, /run/ikvswitch/plug/1-3-1 to 1-15-2",
  ]);
});
