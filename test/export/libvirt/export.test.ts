import { describe, expect, it } from "vitest";
import { exportLibvirt, type LibvirtOptions } from "../../../src/export/libvirt/export.ts";
import { libvirtInterfaces } from "../../../src/export/libvirt/interfaces.ts";
import { routedPrefixes } from "../../../src/export/libvirt/routed-prefixes.ts";
import { uuidOf } from "../../../src/export/libvirt/uuid.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { positionNics } from "../../../src/fabric/positions.ts";
import { configFrom, shippedConfig } from "../../fabric/config.ts";

const fabric = planFabric(shippedConfig());
const all: LibvirtOptions = {
  selection: { racks: [], positions: [] },
  network: "bridge",
  macvtapMode: "bridge",
  type: "kvm",
  memoryMiB: 1024,
  vcpus: 2,
  disks: null,
  ...routedPrefixes(fabric, { routed: undefined, nat: undefined }),
};
const one = { ...all, selection: { racks: [1], positions: [3] } };

function contentOf(options: LibvirtOptions, path: string): string | undefined {
  return exportLibvirt(fabric, options).find((file) => file.path === path)?.content;
}

/** Returns all values of an element. */
function values(files: readonly { readonly content: string }[], element: string): readonly string[] {
  const pattern = new RegExp(`<${element}>(.*)</${element}>`, "g");
  return files.flatMap(({ content }) => [...content.matchAll(pattern)].map((match) => match[1] ?? ""));
}

describe("libvirt's networks", () => {
  it("lead to the bridge of each link", () => {
    expect(
      contentOf(one, "networks/rack1-u3-nic2.xml"),
    ).toBe(`<!-- rack 1 U3 NIC 2, leaf2 ens6. ikeb2-3 exists once 'ikvswitch net start' or 'ikvswitch up' has run. -->
<network>
  <name>rack1-u3-nic2</name>
  <uuid>${uuidOf("network", "rack1-u3-nic2")}</uuid>
  <forward mode='bridge'/>
  <bridge name='ikeb2-3'/>
</network>
`);
  });

  it("have macvtap devices over it, whose guests may add multicast groups", () => {
    const content = contentOf(
      { ...one, network: "macvtap", macvtapMode: "private" },
      "networks/rack1-u3-nic1.xml",
    );
    expect(content).toContain(`  <forward mode='private'>
    <interface dev='ikeb1-3'/>
  </forward>
  <portgroup name='server' default='yes' trustGuestRxFilters='yes'/>
`);
  });

  it("include those beside the racks, unless positions are selected", () => {
    const paths = (options: LibvirtOptions) =>
      exportLibvirt(fabric, options).flatMap(({ path }) => (path.includes("fabric-") ? [path] : []));
    const names = ["uplink", "bmc", "routed", "nat", "isolated"];
    expect(paths(all)).toEqual(names.map((name) => `networks/fabric-${name}.xml`));
    expect(paths(one)).toEqual([]);
    expect(contentOf(all, "networks/fabric-nat.xml")).toContain(`  <forward mode='nat' dev='ikhb'/>
  <bridge name='fabric-nat' stp='on' delay='0'/>
  <mtu size='9000'/>
  <ip address='192.168.129.1' prefix='24'>
    <dhcp>
      <range start='192.168.129.2' end='192.168.129.254'/>
    </dhcp>
  </ip>
</network>
`);
  });

  it("have names and UUIDs that differ, and the same at every export", () => {
    const files = exportLibvirt(fabric, all);
    expect(files).toHaveLength(5 + 2 * 39 + 39);
    for (const element of ["name", "uuid"]) {
      expect(new Set(values(files, element)).size).toBe(files.length);
    }
    expect(exportLibvirt(fabric, all)).toEqual(files);
    expect(uuidOf("domain", "a")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});

describe("a libvirt domain", () => {
  it("has the position's MACs on its networks, and boots from the left leaf", () => {
    expect(contentOf(one, "domains/server1-3.xml")).toContain(`    <interface type='network'>
      <mac address='02:69:01:00:03:01'/>
      <source network='rack1-u3-nic1'/>
      <model type='virtio'/>
      <mtu size='9000'/>
      <boot order='1'/>
    </interface>
    <interface type='network'>
      <mac address='02:69:01:00:03:02'/>
      <source network='rack1-u3-nic2'/>
      <model type='virtio'/>
      <mtu size='9000'/>
    </interface>
`);
  });

  it("has the interfaces that `plug` prints if it uses the fabric's taps", () => {
    const files = exportLibvirt(fabric, { ...one, network: "tap" });
    expect(files.map(({ path }) => path)).toEqual(["domains/server1-3.xml"]);
    const plugged = libvirtInterfaces(positionNics(fabric, 1, 3));
    const text = files[0]?.content.replace(/^ {4}/gm, "").replace("\n  <boot order='1'/>", "");
    expect(text).toContain(plugged);
  });

  it("boots from its disk first, whose path may have any character", () => {
    const content = contentOf({ ...one, disks: "/a & <b>'s" }, "domains/server1-3.xml");
    expect(content).toContain("<source file='/a &amp; &lt;b&gt;&apos;s/server1-3.qcow2'/>");
    expect(content).toMatch(/vda[\s\S]*<boot order='1'\/>[\s\S]*rack1-u3-nic1[\s\S]*<boot order='2'\/>/);
  });
});

describe("the prefixes of libvirt's own networks", () => {
  const prefixes = (routed?: string, nat?: string, ...lines: readonly string[]) => {
    const chosen = routedPrefixes(planFabric(configFrom(...lines)), { routed, nat });
    return [String(chosen.routed), String(chosen.nat)];
  };

  it("are the next two free ones beside the whole network", () => {
    expect(prefixes()).toEqual(["192.168.128.0/24", "192.168.129.0/24"]);
    expect(prefixes(undefined, "192.168.128.0/23")).toEqual(["192.168.130.0/24", "192.168.128.0/23"]);
    expect(prefixes(undefined, undefined, "HOST_IPMI_IP=192.168.128.1")).toEqual([
      "192.168.129.0/24",
      "192.168.130.0/24",
    ]);
  });

  it.each([
    ["192.168.100.0/24", undefined, "192.168.100.0/24 overlaps the fabric's 192.168.96.0/19"],
    ["192.168.0.0/16", undefined, "overlaps the fabric's 192.168.96.0/19"],
    [undefined, "192.168.200.0/25", "--nat: 192.168.200.0/25 overlaps the fabric's 192.168.200.0/24"],
    ["10.0.0.1/24", undefined, '--routed: "10.0.0.1/24" is not an IPv4 network'],
    ["10.0.0.0/30", undefined, "of length 8 to 29"],
    ["fd00::/64", undefined, "is not an IPv4 network"],
    ["10.0.0.0/24", "10.0.0.0/25", "--routed 10.0.0.0/24 and --nat 10.0.0.0/25 overlap"],
  ])("are refused as --routed %s and --nat %s", (routed, nat, message) => {
    expect(() => prefixes(routed, nat)).toThrow(message);
  });
});
