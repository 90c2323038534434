import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { FRR_CONF, renderNode } from "../../src/render/render.ts";
import { shippedConfig } from "../fabric/config.ts";
import { contentOf, identityOf, nodeOf, render, shippedTemplates, siteOf } from "./site.ts";

const GOLDEN = new URL("../fixtures/render/", import.meta.url).pathname;
const fabric = planFabric(
  shippedConfig({
    DHCP_RESERVATIONS: ["52:54:00:00:00:01=192.168.110.5=deploy", "52:54:00:00:00:02=192.168.110.6"],
  }),
);

/** Formats without comments, or that consist of a single value. */
const WITHOUT_COMMENTS = new Set([
  "/etc/hostname",
  "/etc/ikvswitch/modules",
  "/etc/ikvswitch/root.hash",
  "/etc/machine-id",
  "/etc/ssh/ssh_host_ed25519_key",
  "/etc/ssh/ssh_host_ed25519_key.pub",
  "/root/.ssh/id_ed25519",
  "/root/.ssh/id_ed25519.pub",
]);

/** UPDATE_GOLDEN=1 writes the rendered files, for review in the diff. */
describe.each(["internet", "spine1", "leaf1", "leaf2", "leaf3"])("the files of %s", (name) => {
  const files = render(fabric, nodeOf(fabric, name));
  const folder = join(GOLDEN, name);
  if (process.env.UPDATE_GOLDEN === "1") {
    rmSync(folder, { recursive: true, force: true });
    for (const file of files) {
      mkdirSync(dirname(join(folder, file.path)), { recursive: true });
      writeFileSync(join(folder, file.path), file.content);
    }
  }

  it("are exactly the golden files", () => {
    expect(files.map((file) => file.path)).toEqual(filesBelow(folder));
  });

  it.each(files.map((file) => [file.path, file.content]))("%s equals its golden file", (path, content) => {
    expect(content).toBe(readFileSync(join(folder, path), "utf8"));
  });
});

describe("rendering a node", () => {
  it("names the template and its override path in every file whose format has comments", () => {
    for (const node of fabric.nodes) {
      for (const file of render(fabric, node).filter(({ path }) => !WITHOUT_COMMENTS.has(path))) {
        expect(file.content, file.path).toContain(`Made by ikvswitch for ${node.name} from templates/`);
        expect(file.content, file.path).toContain("at /etc/ikvswitch/templates/");
      }
    }
  });

  it("makes secret files readable by root only", () => {
    const modes = Object.fromEntries(
      render(fabric, nodeOf(fabric, "leaf1")).map((file) => [file.path, file.mode]),
    );
    expect(modes).toMatchObject({
      "/etc/ikvswitch/root.hash": 0o600,
      "/etc/ssh/ssh_host_ed25519_key": 0o600,
      "/root/.ssh/id_ed25519": 0o600,
      "/root/.ssh/authorized_keys": 0o600,
      [FRR_CONF]: 0o640,
    });
  });

  it("gives the same files for the same arguments", () => {
    for (const node of fabric.nodes) {
      expect(render(fabric, node)).toEqual(render(fabric, node));
    }
  });

  it("puts a saved file in place of the rendered one, with its mode", () => {
    const node = nodeOf(fabric, "leaf3");
    const saved = "! saved\n";
    const files = renderNode(fabric, node, identityOf(node), siteOf(fabric), shippedTemplates, {
      [FRR_CONF]: saved,
    });
    expect(files).toEqual(
      render(fabric, node).map((file) => (file.path === FRR_CONF ? { ...file, content: saved } : file)),
    );
  });

  it("adds an override of a file that is not rendered", () => {
    const node = nodeOf(fabric, "leaf3");
    const files = renderNode(fabric, node, identityOf(node), siteOf(fabric), shippedTemplates, {
      "/etc/frr/daemons": "bgpd=yes\n",
    });
    expect(files).toContainEqual({ path: "/etc/frr/daemons", mode: 0o644, content: "bgpd=yes\n" });
    expect(files.map((file) => file.path)).toEqual(files.map((file) => file.path).sort());
  });

  it("ends every file with a newline", () => {
    for (const node of fabric.nodes) {
      for (const file of render(fabric, node)) {
        expect(file.content.endsWith("\n"), file.path).toBe(true);
      }
    }
  });
});

describe("a fabric of 64 racks with 48 U and 8 spines", () => {
  const large = planFabric(
    shippedConfig({
      NUM_RACKS: 64,
      NUM_SPINES: 8,
      NUM_U: 48,
      AS_START: 4200000000,
      HOST_VIRTUAL_SUBNET_START_PREFIX: "10.0",
      HOST_VIRTUAL_SUBNET_END_PREFIX: 0,
      HOST_VIRTUAL_SUBNET_PREFIX: "10.0.0",
      HOST_VIRTUAL_SUBNET_NET1: "10.0.0",
      HOST_VIRTUAL_SUBNET_NET2: "10.0.1",
      HOST_VIRTUAL_SUBNET_NET3: "10.0.2",
      NETWORK_PREFIX_LENGTH: 16,
      DHCP_RELAY_DESTINATION: "10.0.3.2",
      DHCPD_SUBNET: {},
      VLAN_SUBNETS_NUM: 0,
    }),
  );

  it("is rendered completely, without undefined values", { timeout: 60_000 }, () => {
    const site = siteOf(large);
    const files = large.nodes.flatMap((node) => render(large, node, site));
    expect(large.nodes).toHaveLength(137);
    expect(files.length).toBeGreaterThan(137 * 18);
    expect(files.filter(({ content }) => /undefined|NaN|\[object|null/.test(content))).toEqual([]);
  });

  it("keeps each node's files within the 4 MiB of its disk", { timeout: 60_000 }, () => {
    const site = siteOf(large);
    const bytes = (name: string) =>
      render(large, nodeOf(large, name), site).reduce((sum, file) => sum + file.content.length, 0);
    expect(Math.max(...["internet", "spine8", "leaf1", "leaf128"].map(bytes))).toBeLessThan(1024 * 1024);
  });
});

describe("small differences", () => {
  it("an empty domain and no resolvers leave out their statements", () => {
    const bare = planFabric(shippedConfig({ DOMAIN: "" }));
    const files = render(bare, nodeOf(bare, "leaf1"), siteOf(bare, { dnsServers: [] }));
    expect(contentOf(files, "/etc/resolv.conf")).not.toMatch(/^(search|nameserver)/m);
    expect(contentOf(files, "/etc/hosts")).toContain("\n192.168.98.4 leaf1\n");
    expect(contentOf(files, "/etc/kea/kea-dhcp4.conf")).not.toContain("domain-name");
  });

  it("a host with a switch's name does not replace the switch in /etc/hosts", () => {
    const files = render(fabric, nodeOf(fabric, "spine1"), siteOf(fabric, { hostName: "leaf1" }));
    const hosts = contentOf(files, "/etc/hosts").split("\n");
    expect(hosts.find((line) => line.split(" ").includes("leaf1"))).toMatch(/^192\.168\.98\.4 /);
  });

  it("IPv6 resolvers are for switches only, since DHCP's option holds IPv4 addresses", () => {
    const files = render(fabric, nodeOf(fabric, "leaf1"));
    expect(contentOf(files, "/etc/resolv.conf")).toContain("nameserver 2001:db8::53\n");
    expect(contentOf(files, "/etc/kea/kea-dhcp4.conf")).not.toContain("2001:db8::53");
  });

  it("a missing host key is an error, not an empty line", () => {
    expect(() => render(fabric, nodeOf(fabric, "leaf1"), siteOf(fabric, { hostKeys: {} }))).toThrow(
      /no host key of internet/,
    );
  });
});

function filesBelow(folder: string, path = "/"): string[] {
  return readdirSync(join(folder, path))
    .flatMap((name) => {
      const below = join(path, name);
      return statSync(join(folder, below)).isDirectory() ? filesBelow(folder, below) : [below];
    })
    .sort();
}
