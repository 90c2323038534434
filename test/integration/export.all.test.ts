import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportKubernetes, type ServerOptions } from "../../src/export/kubernetes/export.ts";
import { CNI_PLUGINS } from "../../src/export/kubernetes/network-attachment.ts";
import { formatYaml } from "../../src/export/kubernetes/yaml.ts";
import { exportLibvirt } from "../../src/export/libvirt/export.ts";
import { routedPrefixes } from "../../src/export/libvirt/routed-prefixes.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { localHost } from "../../src/system/local-host.ts";
import { shippedConfig } from "../fabric/config.ts";

/** What is exported of all positions, checked by the programs that read it. */
const fabric = planFabric(shippedConfig());
const selection = { racks: [], positions: [] };
const host = localHost();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-export-"));
});

afterAll(() => host.remove(folder));

describe.each(["bridge", "macvtap", "tap"] as const)("networks and domains that attach by %s", (network) => {
  it.each([
    ["bridge", "kvm", null],
    ["private", "qemu", "/var/lib/libvirt/images & more"],
  ] as const)(
    "hold against libvirt's schemas: mode %s, type %s, disks %s",
    async (macvtapMode, type, disks) => {
      const files = exportLibvirt(fabric, {
        ...routedPrefixes(fabric, { routed: undefined, nat: undefined }),
        ...{ selection, network, macvtapMode, type, disks, memoryMiB: 2048, vcpus: 2 },
      });
      expect(files).toHaveLength(5 + 39 + (network === "tap" ? 0 : 78));
      for (const [index, { content }] of files.entries()) {
        await host.writeFile(`${folder}/${index}.xml`, content);
        await host.run({ file: "virt-xml-validate", args: [`${folder}/${index}.xml`] });
      }
    },
  );
});

describe.each(["vm", "pod", "none"] as const)("YAML with the server %s", (kind) => {
  it.each(CNI_PLUGINS)("means to a YAML 1.1 parser what JSON means, with %s", async (plugin) => {
    const server = { kind, plugin, image: "example.org/a:1", memoryMiB: 1024, vcpus: 1 } as ServerOptions;
    const documents = exportKubernetes(fabric, {
      selection,
      server,
      userData: "#!/bin/sh\n\tdate\n",
    }).flatMap(({ objects }) => objects);
    expect(await readYaml(formatYaml(documents))).toEqual(JSON.parse(JSON.stringify(documents)));
  });
});

async function readYaml(text: string): Promise<unknown> {
  const program = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";
  const { stdout } = await host.run({ file: "/usr/bin/python3", args: ["-c", program], input: text });
  return JSON.parse(stdout);
}
