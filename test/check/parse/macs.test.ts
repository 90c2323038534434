import { expect, it } from "vitest";
import { parseMacs } from "../../../src/check/parse/macs.ts";

it("senders are those that a bridge learned, by VLAN, and the kernel's neighbors", () => {
  const forwarding = [
    { mac: "02:69:01:00:03:02", ifname: "ens6", vlan: 11, flags: [], master: "servers0", state: "" },
    { mac: "08:00:27:06:ac:4d", ifname: "ens6", flags: [], master: "servers0", state: "permanent" },
    { mac: "33:33:00:00:00:01", ifname: "ens6", flags: ["self"], state: "permanent" },
    { mac: "02:69:01:00:04:01", ifname: "ens7", flags: [], master: "servers0", state: "stale" },
  ];
  const neighbors = [
    { dst: "fe80::1", dev: "ens6.10", lladdr: "02:69:01:00:03:02", state: ["REACHABLE"] },
    { dst: "fe80::2", dev: "ens8.10", state: ["FAILED"] },
  ];
  expect(parseMacs(forwarding, neighbors)).toEqual([
    { device: "ens6", mac: "02:69:01:00:03:02", vlan: 11 },
    { device: "ens7", mac: "02:69:01:00:04:01", vlan: null },
    { device: "ens6", mac: "02:69:01:00:03:02", vlan: 10 },
  ]);
});

it.each([
  [null, "x"],
  [[null, 3], [{}]],
  [{ mac: 1 }, [{ dev: 1, lladdr: {} }]],
])("senders are none in %j and %j", (forwarding, neighbors) => {
  expect(parseMacs(forwarding, neighbors)).toEqual([]);
});
