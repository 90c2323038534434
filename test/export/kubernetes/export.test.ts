import {
  instanceOfV1VirtualMachine,
  V1VirtualMachineFromJSON,
  V1VirtualMachineToJSON,
} from "@kubevirt-ui-ext/kubevirt-api/kubevirt";
import { describe, expect, it } from "vitest";
import { exportKubernetes, type KubernetesOptions } from "../../../src/export/kubernetes/export.ts";
import { CNI_PLUGINS, cniConfig } from "../../../src/export/kubernetes/network-attachment.ts";
import { formatYaml } from "../../../src/export/kubernetes/yaml.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { positionNics } from "../../../src/fabric/positions.ts";
import { shippedConfig } from "../../fabric/config.ts";
import { expectGolden } from "../../golden.ts";

const fabric = planFabric(shippedConfig());
const vm = { kind: "vm", image: "quay.io/containerdisks/debian:12", memoryMiB: 1024, vcpus: 1 } as const;
const one: KubernetesOptions = {
  selection: { racks: [1], positions: [3] },
  server: { ...vm, plugin: "bridge" },
  userData: null,
};
const all = { ...one, selection: { racks: [], positions: [] } };

interface AnyObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

function objects(options: KubernetesOptions): readonly AnyObject[] {
  return exportKubernetes(fabric, options).flatMap((manifest) => manifest.objects) as readonly AnyObject[];
}

describe("manifests for Kubernetes", () => {
  it.each([
    ["vm-bridge", { ...one, userData: "#cloud-config\npackages: [frr]\n" }],
    ["vm-macvtap", { ...one, server: { ...vm, plugin: "macvtap" } }],
    [
      "pod-macvlan",
      { ...one, server: { kind: "pod", plugin: "macvlan", image: "docker.io/library/debian:12" } },
    ],
  ] as const)("are those of the file %s.yaml", (name, options) => {
    expectGolden(`kubernetes/${name}.yaml`, formatYaml(objects(options)));
  });

  it("have a file for each position, with networks of different names", () => {
    const manifests = exportKubernetes(fabric, { ...all, server: { kind: "none", plugin: "macvtap" } });
    expect(manifests.map(({ name }) => name).slice(0, 3)).toEqual([
      "macvtap-deviceplugin-config",
      "server1-3",
      "server1-4",
    ]);
    const names = objects(all).flatMap(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toHaveLength(3 * 39);
    expect(new Set(names).size).toBe(names.length);
  });

  it("have names that Kubernetes accepts (RFC 1123)", () => {
    for (const { metadata } of objects({ ...all, server: { ...vm, plugin: "macvtap" } })) {
      expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
    }
  });
});

describe("a KubeVirt VM", () => {
  it.each(["bridge", "macvtap"] as const)("has only fields of KubeVirt's API, with %s", (plugin) => {
    const machines = objects({ ...all, server: { ...vm, plugin } }).filter(
      ({ kind }) => kind === "VirtualMachine",
    );
    expect(machines).toHaveLength(39);
    for (const machine of machines) {
      expect(instanceOfV1VirtualMachine(machine)).toBe(true);
      // Unknown fields are lost on the way.
      const known = V1VirtualMachineToJSON(V1VirtualMachineFromJSON(machine));
      expect(JSON.parse(JSON.stringify(known))).toEqual(machine);
    }
  });

  it("has no VLAN where the leaves' BGP is untagged", () => {
    const untagged = { ...fabric, serverAccess: { ...fabric.serverAccess, vlan: null } };
    const text = formatYaml(exportKubernetes(untagged, one).flatMap((manifest) => manifest.objects));
    expect(text).toContain("ethernets:");
    expect(text).not.toContain("vlans:");
  });
});

it.each(CNI_PLUGINS)("CNI's %s gets the MTU of the link", (plugin) => {
  const [nic] = positionNics(planFabric(shippedConfig({ FABRIC_MTU: 1500 })), 1, 3);
  expect(cniConfig(nic, plugin)).toMatchObject({ name: "rack1-u3-nic1", type: plugin, mtu: 1500 });
});
