import { describe, expect, it } from "vitest";
import { findClashes, type Tenant } from "../../src/fabric/clashes.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { configFrom } from "./config.ts";

const FOLDERS = ["STATE_DIR=/var/lib/second", "RUN_DIR=/run/second"];
const APART = [
  ...FOLDERS,
  ...["INTERFACE_PREFIX=ik2", "HOST_IPMI_BRIDGE_NAME=ik2br", "HOST_VIRTUAL_SUBNET_END_PREFIX=128"],
  ...["HOST_IPMI_IP=192.168.201.1", "VNC_DISPLAY_START=89"],
];

function tenant(title: string, lines: readonly string[], hasVnc = true): Tenant {
  const config = configFrom(...lines);
  return { title, config, fabric: planFabric(config), hasVnc };
}

const first = tenant("the default fabric", []);
const clashes = (lines: readonly string[], others = [first], hasVnc = true) =>
  findClashes(tenant("own", lines, hasVnc), others);

describe("two fabrics", () => {
  it("clash in everything by default, and each remedy is free", () => {
    expect(clashes(FOLDERS).map(({ fix }) => fix)).toEqual([
      expect.stringMatching(/^set INTERFACE_PREFIX=ik2, HOST_IPMI_BRIDGE_NAME=ik2br;/),
      "set HOST_VIRTUAL_SUBNET_START_PREFIX=192.168, HOST_VIRTUAL_SUBNET_END_PREFIX=128",
      "set HOST_IPMI_IP=192.168.201.1",
      "set VNC_DISPLAY_START=89",
    ]);
    expect(clashes(FOLDERS)[0]?.what).toContain("HOST_BRIDGE_NAME_PREFIX=ikhb");
  });

  it("do not clash with the settings of the remedies, whatever their MACs and AS numbers", () => {
    expect(clashes(APART)).toEqual([]);
  });

  it("clash in networks of IPv6 if both have one", () => {
    const ipv6 = "HOST_VIRTUAL_SUBNET6=fd69:6b76:7377::/48";
    const other = tenant("the default fabric", [ipv6]);
    expect(clashes(APART, [other])).toEqual([]);
    expect(clashes([...APART, ipv6], [other])).toEqual([
      {
        what: "the IPv6 network fd69:6b76:7377::/48 overlaps fd69:6b76:7377::/48 of the default fabric",
        why: "the host has one route to each network",
        fix: "set HOST_VIRTUAL_SUBNET6=fd69:6b76:7378::/48",
      },
    ]);
  });

  it("clash in displays only if both have VNC consoles", () => {
    const lines = APART.filter((line) => !line.startsWith("VNC"));
    expect(clashes(lines, [first], false)).toEqual([]);
    expect(clashes(lines)).toHaveLength(1);
  });

  it("clash in folders that one shares, or has inside the other's, except those of named fabrics", () => {
    const [, , ...apart] = APART;
    const folders = (state: string, run: string) =>
      clashes([...apart, `STATE_DIR=${state}`, `RUN_DIR=${run}`]).map(({ what }) => what);
    expect(folders("/var/lib/ikvswitch", "/run/second")).toEqual([
      "STATE_DIR=/var/lib/ikvswitch: of the default fabric, too",
    ]);
    expect(folders("/var/lib/second", "/run/ikvswitch/nodes")).toEqual([
      "RUN_DIR=/run/ikvswitch/nodes: of the default fabric, too",
    ]);
    expect(folders("/var/lib/ikvswitch/fabrics/b", "/run/ikvswitch/fabrics/b")).toEqual([]);
  });

  it("are told apart from a third one, whose networks no remedy takes", () => {
    const others = [first, tenant("fabric second", APART)];
    const third = ["STATE_DIR=/var/lib/third", "RUN_DIR=/run/third"];
    const fixes = clashes(third, others).map(({ fix }) => fix);
    expect(fixes).toContain(
      "set HOST_VIRTUAL_SUBNET_START_PREFIX=192.168, HOST_VIRTUAL_SUBNET_END_PREFIX=160",
    );
    expect(fixes).toContain("set HOST_IPMI_IP=192.168.202.1");
    expect(fixes.some((fix) => fix.startsWith("set INTERFACE_PREFIX=ik3"))).toBe(true);
  });
});
