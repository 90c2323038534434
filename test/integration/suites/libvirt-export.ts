import { describe, expect, it } from "vitest";
import type { FabricSite } from "../../e2e/fabric-site.ts";
import type { Libvirt } from "../libvirt-host.ts";

export interface LibvirtSite {
  readonly site: FabricSite;
  readonly libvirt: Libvirt;
  /** Waits until these hold the NICs of a position of rack 1. */
  untilHeld(position: number, expected: readonly (readonly string[])[]): Promise<void>;
}

/** Image of the domain's disk, as `--disks` expects it. */
export const DISK = "/run/disks/server1-3.qcow2";

const FOLDER = "/run/lab";
const SIZE = ["--type", "qemu", "--memory", "32", "--disks", "/run/disks"];
const HOLDER = "libvirt domain server1-3";

/** Tests of the networks and domains that `export libvirt` writes, on a host with its network and without switches. */
export function libvirtExportTests(at: () => LibvirtSite): void {
  async function exported(...words: readonly string[]): Promise<readonly string[]> {
    const { files } = (await at().site.json([
      "export",
      "libvirt",
      "--output",
      FOLDER,
      ...SIZE,
      ...words,
    ])) as {
      readonly files: readonly string[];
    };
    return files;
  }

  function exportedServer(network: string): Promise<readonly string[]> {
    return exported("--rack", "1", "--u", "3", "--network", network);
  }

  /** Defines what was exported, as a user does. Networks start, too. */
  async function define(files: readonly string[]): Promise<void> {
    const { libvirt } = at();
    for (const file of files) {
      const [kind, name = ""] = file.replace(`${FOLDER}/`, "").replace(".xml", "").split("/");
      await libvirt.virsh([kind === "networks" ? "net-define" : "define", file]);
      const isActive = (await libvirt.virsh(["net-list", "--name"])).stdout.split("\n").includes(name);
      if (kind === "networks" && !isActive) {
        await libvirt.virsh(["net-start", name]);
        await libvirt.virsh(["net-autostart", name]);
      }
    }
  }

  async function networkStates(): Promise<readonly string[]> {
    const { stdout } = await at().libvirt.virsh(["net-list", "--all"]);
    return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.trim().replace(/ +/g, " ")]));
  }

  /** The lines of a device that tell how it is attached. */
  async function device(name: string): Promise<string> {
    return (await at().site.host.run("ip", ["-d", "-o", "link", "show", "dev", name])).stdout;
  }

  const networks = ["fabric-bmc", "fabric-isolated", "fabric-nat", "fabric-routed", "fabric-uplink"];
  const all = [...networks, "rack1-u3-nic1", "rack1-u3-nic2"].map((name) => `${name} active yes yes`);

  describe("what `export libvirt` writes", () => {
    it("holds against libvirt's own schemas", async () => {
      const ofFabric = (await exported()).filter((path) => path.includes("/fabric-"));
      expect(ofFabric).toHaveLength(networks.length);
      const [macvtap = "", , domain = ""] = await exportedServer("macvtap");
      for (const file of [...ofFabric, macvtap, domain]) {
        await at().site.host.run("virt-xml-validate", [file]);
      }
    });

    it("defines networks that start, and replaces them when it is defined again", async () => {
      const files = networks.map((name) => `${FOLDER}/networks/${name}.xml`);
      await define(files);
      await define([...files, ...(await exportedServer("bridge"))]);
      expect(await networkStates()).toEqual(all);
      const { stdout } = await at().site.host.run("ip", ["-br", "-4", "addr"]);
      expect(stdout).toMatch(/fabric-routed +\w+ +192\.168\.128\.1\/24/);
      expect(stdout).toMatch(/fabric-nat +\w+ +192\.168\.129\.1\/24/);
    });

    it("attaches a domain to the links' bridges, live too", async () => {
      const { libvirt, untilHeld } = at();
      await libvirt.virsh(["start", "server1-3"]);
      await untilHeld(3, [[HOLDER], [HOLDER]]);
      expect(await device("vnet0")).toMatch(/mtu 9000 .* master ikeb1-3 /);
      const words = ["server1-3", "--mac", "02:69:01:00:03:02", "--live", "--type"];
      await libvirt.virsh(["detach-interface", ...words, "bridge"]);
      await untilHeld(3, [[HOLDER], []]);
      const source = ["network", "--source", "rack1-u3-nic2", "--model", "virtio"];
      await libvirt.virsh(["attach-interface", ...words, ...source]);
      await untilHeld(3, [[HOLDER], [HOLDER]]);
    });

    it("keeps edits, autostart and definitions when the fabric goes down and up", async () => {
      const { site, libvirt, untilHeld } = at();
      await libvirt.editNetwork("fabric-routed", `sed -i "/<interface dev=/d; s/ dev='ikhb'//"`);
      await site.ikvswitch(["net", "stop"]);
      await libvirt.virsh(["destroy", "server1-3"]);
      await expect(libvirt.virsh(["start", "server1-3"])).rejects.toThrow("'ikeb1-3': No such device");
      await site.ikvswitch(["net", "start"]);
      expect(await networkStates()).toEqual(all);
      const { stdout } = await libvirt.virsh(["net-dumpxml", "fabric-routed", "--inactive"]);
      expect(stdout).toContain("<forward mode='route'");
      expect(stdout).not.toContain("ikhb");
      await libvirt.virsh(["start", "server1-3"]);
      await untilHeld(3, [[HOLDER], [HOLDER]]);
      await libvirt.virsh(["destroy", "server1-3"]);
      await untilHeld(3, [[], []]);
    });

    it("attaches a domain by macvtap devices over the links' bridges, live too", async () => {
      const { site, libvirt, untilHeld } = at();
      for (const name of ["rack1-u3-nic1", "rack1-u3-nic2"]) {
        await libvirt.virsh(["net-destroy", name]);
      }
      await define(await exportedServer("macvtap"));
      expect(await networkStates()).toEqual(all);
      await libvirt.virsh(["start", "server1-3"]);
      await untilHeld(3, [[HOLDER], [HOLDER]]);
      expect(await device("macvtap0")).toMatch(
        /macvtap0@ikeb1-3: .* mtu 9000 .* 02:69:01:00:03:01 .* macvtap mode bridge/,
      );
      const words = ["server1-3", "--mac", "02:69:01:00:03:02", "--live", "--type"];
      await libvirt.virsh(["detach-interface", ...words, "direct"]);
      await untilHeld(3, [[HOLDER], []]);
      const source = ["network", "--source", "rack1-u3-nic2", "--model", "virtio"];
      await libvirt.virsh(["attach-interface", ...words, ...source]);
      await untilHeld(3, [[HOLDER], [HOLDER]]);
      expect((await site.ikvswitch(["net", "status"])).stdout).toContain("as planned");
      await libvirt.virsh(["destroy", "server1-3"]);
    });
  });
}
