import { describe, expect, it } from "vitest";
import { nothingSeen, type Observation, seen } from "../../src/check/model/observation.ts";
import { withoutTones } from "../../src/format/tone.ts";
import type { ObservedDevice } from "../../src/host/model/observed.ts";
import { formatPositions } from "../../src/ports/format.ts";
import { describeProcess, type TapHolder } from "../../src/ports/holders.ts";
import { findAttachments, reportPositions, sessionPorts, unknownPositions } from "../../src/ports/report.ts";
import { builtHost, ethernet, smallFabric, withDevice } from "../host/network.ts";

const built = builtHost(smallFabric);
const MAC = "02:69:01:00:03:01";

function observed(changes: Partial<Observation["observation"]>): Observation {
  return { observation: { ...nothingSeen("not queried"), ...changes }, unreachable: null, durationMs: 1 };
}

const leaf1 = observed({
  macs: seen([
    { device: "ens5", mac: MAC, vlan: null },
    { device: "ens5", mac: MAC, vlan: 10 },
    { device: "ens4", mac: "08:00:27:00:00:01", vlan: null },
  ]),
  dhcp: seen({
    listening: [],
    subnets: [],
    interfaces: [],
    leases: [
      { address: "192.168.110.20", mac: "02:00:00:00:00:09" },
      { address: "192.168.110.21", mac: MAC },
    ],
  }),
  frr: seen({
    daemons: [],
    sessions: new Map([
      [
        "ens5.10",
        {
          state: "Established",
          remoteAs: 4_200_000_001,
          address: "fe80::1",
          families: [],
          accepted: 1,
          sent: 9,
          sent6: 0,
        },
      ],
    ]),
    cutOff: [],
    prefixes: [
      { prefix: "192.168.100.5/32", from: "fe80::1", originAs: 4_200_000_001 },
      { prefix: "192.168.98.1/32", from: "fe80::2", originAs: 65500 },
    ],
    bfd: new Map(),
  }),
});

function attachments(devices: readonly ObservedDevice[], holders: readonly TapHolder[] = []) {
  return findAttachments(smallFabric, devices, holders);
}

describe("a rack position", () => {
  it("is free where no tap has a carrier or is open", () => {
    const [position] = reportPositions(
      smallFabric,
      attachments(
        withDevice(built, "ikvm1-3-1", { carrier: false }).devices.map((device) => ({
          ...device,
          carrier: false,
        })),
      ),
      new Map(),
    );
    expect(position).toMatchObject({ rack: 1, position: 3, state: "free" });
    expect(formatPositions(position === undefined ? [] : [position])).toMatch(/\n +1 {2}U3 {2}free$/);
  });

  it("is occupied by who has a tap open, with the leaf's view of it", () => {
    const holder = { tap: "ikvm1-3-1", pid: 47, description: "qemu web1 (pid 47)" };
    const found = attachments(withDevice(built, "ikvm1-3-1", { carrier: true }).devices, [holder]);
    const leaf = smallFabric.nodes.find(({ name }) => name === "leaf1");
    expect(leaf?.role === "leaf" && sessionPorts(smallFabric, leaf, found.flat())).toEqual(["ens5.10"]);
    const [position] = reportPositions(smallFabric, found, new Map([["leaf1", leaf1]]));
    expect(position?.state).toBe("occupied");
    expect(position?.nics[0]).toEqual({
      ...{ nic: 1, tap: "ikvm1-3-1", leaf: "leaf1", port: "ens5", carrier: true, by: ["qemu web1 (pid 47)"] },
      ...{ macs: [MAC], vlans: [10], lease: { address: "192.168.110.21", mac: MAC } },
      ...{ session: { state: "Established", remoteAs: 4_200_000_001 }, announced: ["192.168.100.5/32"] },
      unknown: null,
    });
  });

  it("is occupied by further ports of its bridges, as libvirt and namespaces have", () => {
    const port = { ...ethernet, index: 900, name: "vnet0", master: "ikeb2-3", carrier: true };
    const [position] = reportPositions(smallFabric, attachments([...built.devices, port]), new Map());
    expect(position?.nics.map(({ by }) => by)).toEqual([[], ["vnet0"]]);
    expect(position?.state).toBe("occupied");
  });

  it("is occupied by a macvtap over its bridge, as libvirt has", () => {
    const macvtap = { ...ethernet, index: 900, name: "macvtap0", lower: "ikeb2-3", carrier: false };
    const holder = { tap: "macvtap0", pid: 47, description: "libvirt domain web1" };
    const found = attachments([...built.devices, macvtap], [holder]);
    expect(reportPositions(smallFabric, found, new Map())[0]).toMatchObject({
      state: "occupied",
      nics: [{ by: [] }, { by: ["libvirt domain web1"] }],
    });
  });

  it("shows why nothing is known where its leaf is off", () => {
    const off = { observation: nothingSeen("leaf1 is off"), unreachable: "off", durationMs: 1 };
    const found = attachments(withDevice(built, "ikvm1-3-1", { carrier: true }).devices);
    const positions = reportPositions(smallFabric, found, new Map([["leaf1", off]]));
    expect(positions[0]?.nics[0]).toMatchObject({ session: null, lease: null, unknown: "off" });
    expect(formatPositions(positions)).toContain("leaf1 is off");
  });
});

describe("rack positions on members", () => {
  it("are shown with their member, also where it does not answer", () => {
    const found = attachments(withDevice(built, "ikvm1-3-1", { carrier: true }).devices);
    const [occupied] = reportPositions(smallFabric, found, new Map());
    const [unknown] = unknownPositions(smallFabric);
    if (occupied === undefined || unknown === undefined) {
      throw new Error("there is a position");
    }
    expect(unknown).toEqual({ rack: 1, position: 3, state: "unknown", nics: [] });
    const lines = withoutTones(
      formatPositions([
        { ...occupied, member: "alpha" },
        { ...unknown, rack: 2, member: "beta" },
      ]),
    ).split("\n");
    expect(lines[0]).toMatch(/^MEMBER {2}RACK {2}U/);
    expect(lines[1]).toMatch(/^alpha +1 {2}U3 {2}occupied {2}ikvm1-3-1 – leaf1/);
    expect(lines[2]).toMatch(/^ +ikvm1-3-2 – leaf2/);
    expect(lines[3]).toMatch(/^beta +2 {2}U3 {2}unknown$/);
  });
});

it.each([
  [["/usr/bin/qemu-system-x86_64", "-name", "web1"], "qemu-system-x86_64 web1 (pid 7)"],
  [["qemu", "-name", "guest=web1,debug-threads=on"], "qemu web1 (pid 7)"],
  [
    ["/usr/bin/qemu", "-name", "guest=web1", "-x", "/var/lib/libvirt/qemu/domain-1-web1"],
    "libvirt domain web1",
  ],
  [["/usr/sbin/openvpn"], "openvpn (pid 7)"],
  [["qemu", "-name"], "qemu (pid 7)"],
  [[], "(pid 7)"],
])("the holder of a tap with the arguments %j is shown as %s", (args, shown) => {
  expect(describeProcess(7, args)).toBe(shown);
});
