import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Node } from "../../src/fabric/types.ts";
import { writeFiles } from "../../src/nodes/write-files.ts";
import { localHost } from "../../src/system/local-host.ts";
import { shippedConfig } from "../fabric/config.ts";
import { nodeOf, render } from "../render/site.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

/** The rendered files, checked by the programs that will read them. `scripts/setup --test` installs these. */
const fabric = planFabric(
  shippedConfig({
    HOST_VIRTUAL_SUBNET6: "fd69:6b76:7377::/48",
    DHCP_RESERVATIONS: ["52:54:00:00:00:01=192.168.110.5=deploy"],
  }),
);
const host = localHost();
let folder: string;
let network: NamespacedHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-checkers-"));
  for (const node of fabric.nodes) {
    await writeFiles(host, `${folder}/${node.name}`, render(fabric, node));
  }
  network = await namespacedHost();
});

afterAll(async () => {
  await network?.close();
  await host.remove(folder);
});

function inNode(node: Node, path: string): string {
  return `${folder}/${node.name}${path}`;
}

describe("FRR's checker", () => {
  it.each(fabric.nodes.map((node) => [node.name, node] as const))(
    "accepts frr.conf of %s",
    async (_name, node) => {
      const { stdout, stderr } = await checkFrr(inNode(node, "/etc/frr/frr.conf"));
      expect(stdout + stderr).toBe("");
    },
  );

  it("refuses statements that FRR does not know", async () => {
    await host.writeFile(`${folder}/bad.conf`, "router bgp 65500\n neighbour FABRIC peer-group\n");
    await expect(checkFrr(`${folder}/bad.conf`)).rejects.toThrow(CommandError);
  });
});

describe("Kea's checker", () => {
  it("accepts the configuration of every leaf that serves DHCP", async () => {
    const leaves = fabric.nodes.filter((node) => node.role === "leaf" && node.dhcp !== null);
    expect(leaves.map((node) => node.name)).toEqual(["leaf1", "leaf3", "leaf5"]);
    // The checker needs the interface to exist.
    await network.host.run({ file: "ip", args: ["link", "add", "dhcp0", "type", "bridge"] });
    for (const node of leaves) {
      await checkKea(inNode(node, "/etc/kea/kea-dhcp4.conf"));
      await checkKea(inNode(node, "/etc/kea/kea-dhcp6.conf"), "kea-dhcp6");
    }
  });

  it("refuses invalid interfaces and addresses", async () => {
    const path = inNode(nodeOf(fabric, "leaf1"), "/etc/kea/kea-dhcp4.conf");
    const good = (await host.readFile(path)) ?? "";
    for (const [right, wrong] of [
      ["dhcp0", "dhcp9"],
      ["192.168.110.20 -", "192.168.111.20 -"],
    ] as const) {
      await host.writeFile(`${folder}/bad-kea.conf`, good.replace(right, wrong));
      await expect(checkKea(`${folder}/bad-kea.conf`)).rejects.toThrow(CommandError);
    }
  });
});

describe("sshd's checker", () => {
  it("accepts sshd's configuration, with a host key in place", async () => {
    const text =
      (await host.readFile(inNode(nodeOf(fabric, "leaf1"), "/etc/ssh/sshd_config.d/00-ikvswitch.conf"))) ??
      "";
    const key = `${folder}/host_key`;
    await host.run({ file: "ssh-keygen", args: ["-q", "-t", "ed25519", "-N", "", "-f", key] });
    await host.writeFile(`${folder}/sshd.conf`, text.replace("/etc/ssh/ssh_host_ed25519_key", key));
    expect(text).toContain("HostKey /etc/ssh/ssh_host_ed25519_key\n");
    await host.makeDirectory("/run/sshd", 0o755);
    await host.run({ file: "/usr/sbin/sshd", args: ["-t", "-f", `${folder}/sshd.conf`] });
  });
});

describe("sysctl", () => {
  it("knows every setting", async () => {
    for (const name of ["internet", "spine1", "leaf1"]) {
      const path = inNode(nodeOf(fabric, name), "/etc/sysctl.d/ikvswitch.conf");
      const { stderr } = await network.host.run({ file: "sysctl", args: ["-q", "-p", path] });
      expect(stderr).toBe("");
    }
  });
});

function checkFrr(path: string) {
  return host.run({ file: "vtysh", args: ["-C", "-f", path] });
}

function checkKea(path: string, file: "kea-dhcp4" | "kea-dhcp6" = "kea-dhcp4") {
  return network.host.run({ file, args: ["-t", path] });
}
