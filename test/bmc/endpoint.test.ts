import { describe, expect, it } from "vitest";
import { bmcEndpoint, consoleSocket, ipmitoolCommand, simulatorSocket } from "../../src/bmc/endpoint.ts";
import { access, fabric, nodeCalled } from "./settings.ts";

const leaf3 = nodeCalled("leaf3");
const shipped = { ...access, password: "changeme" };

describe("a BMC answers", () => {
  it("on its own address in the BMC network", () => {
    expect(bmcEndpoint(leaf3, access)).toEqual({
      listen: "bmc-network",
      address: "192.168.200.15",
      port: 623,
      listenReason: "",
    });
  });

  it("on its own port of loopback while the password is the shipped one", () => {
    expect(bmcEndpoint(leaf3, shipped)).toEqual({
      listen: "loopback",
      address: "127.0.0.1",
      port: 6235,
      listenReason: 'on 127.0.0.1 only: the password still is "changeme"',
    });
    const ports = fabric.nodes.map((node) => {
      const endpoint = bmcEndpoint(node, shipped);
      return endpoint.listen === "nowhere" ? 0 : endpoint.port;
    });
    expect(ports).toEqual([6230, 6231, 6232, 6233, 6234, 6235, 6236, 6237, 6238]);
  });

  it("nowhere without a usable password", () => {
    expect(bmcEndpoint(leaf3, { kind: "off", reason: "why" })).toEqual({
      listen: "nowhere",
      listenReason: "why",
    });
  });
});

describe("a BMC's simulator", () => {
  it("listens on the same port number as the proxy, because it reports that number to clients", () => {
    const outside = { address: "192.168.200.15", port: 623 };
    expect(simulatorSocket(leaf3, outside)).toEqual({ address: "127.0.2.6", port: 623 });
  });

  it("has sockets of its own", () => {
    const outside = { address: "192.168.200.15", port: 623 };
    const simulators = fabric.nodes.map((node) => JSON.stringify(simulatorSocket(node, outside)));
    const consoles = fabric.nodes.map((node) => JSON.stringify(consoleSocket(node)));
    expect(new Set([...simulators, ...consoles]).size).toBe(2 * fabric.nodes.length);
  });

  it("reaches its VM's serial console on loopback", () => {
    expect(consoleSocket(leaf3)).toEqual({ address: "127.0.2.6", port: 6235 });
  });
});

describe("the command to reach a BMC", () => {
  it("has the address, the user and a non-standard port, but no password", () => {
    expect(ipmitoolCommand(bmcEndpoint(leaf3, access), access)).toBe(
      "ipmitool -I lanplus -H 192.168.200.15 -U admin -a",
    );
    expect(ipmitoolCommand(bmcEndpoint(leaf3, shipped), shipped)).toBe(
      "ipmitool -I lanplus -H 127.0.0.1 -p 6235 -U admin -a",
    );
  });

  it("is empty without a BMC", () => {
    const off = { kind: "off", reason: "why" } as const;
    expect(ipmitoolCommand(bmcEndpoint(leaf3, off), off)).toBe("");
  });
});
