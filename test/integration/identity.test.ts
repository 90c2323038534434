import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fabric } from "../../src/fabric/types.ts";
import { ensureIdentities } from "../../src/nodes/identity.ts";
import { localHost } from "../../src/system/local-host.ts";
import { internet, leaf1, spine1 } from "../nodes/nodes.ts";

const host = localHost();
const fabric = { domain: "dc.example", nodes: [internet, spine1, leaf1(1)] } as unknown as Fabric;
let stateDir = "";

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "ikv-identity-"));
});

afterEach(() => host.remove(stateDir));

describe("identities", () => {
  it("are the same every time, and differ between nodes", async () => {
    const first = await ensureIdentities(host, stateDir, fabric, "secret");
    expect(await ensureIdentities(host, stateDir, fabric, "secret")).toEqual(first);
    const nodes = Object.values(first.nodes);
    expect(nodes).toHaveLength(3);
    expect(new Set(nodes.map((node) => node.machineId)).size).toBe(3);
    expect(new Set(nodes.map((node) => node.sshHostKey.publicKey)).size).toBe(3);
    for (const node of nodes) {
      expect(node.machineId).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it("are readable by root only", async () => {
    await ensureIdentities(host, stateDir, fabric, "secret");
    const { stdout } = await host.run({
      file: "find",
      args: [stateDir, "-mindepth", "1", "-perm", "/077", "-not", "-name", "*.pub"],
    });
    expect(stdout).toBe("");
  });

  it("are completed after a killed start", async () => {
    const first = await ensureIdentities(host, stateDir, fabric, "secret");
    await host.remove(`${stateDir}/identity/leaf1/ssh_host_ed25519_key`);
    await host.writeFile(`${stateDir}/identity/leaf1/ssh_host_ed25519_key.new`, "half a k");
    const second = await ensureIdentities(host, stateDir, fabric, "secret");
    expect(second.nodes.spine1).toEqual(first.nodes.spine1);
    expect(second.nodes.leaf1?.machineId).toBe(first.nodes.leaf1?.machineId);
    expect(second.nodes.leaf1?.sshHostKey.privateKey).toContain("BEGIN OPENSSH PRIVATE KEY");
  });

  it("contain the root password's SHA-512 hash, which changes with the password", async () => {
    const { rootPasswordHash } = await ensureIdentities(host, stateDir, fabric, "secret");
    const salt = rootPasswordHash.split("$")[2] ?? "";
    const expected = await host.run({ file: "openssl", args: ["passwd", "-6", "-salt", salt, "secret"] });
    expect(rootPasswordHash).toBe(expected.stdout.trim());
    const other = await ensureIdentities(host, stateDir, fabric, "other");
    expect(other.rootPasswordHash).not.toBe(rootPasswordHash);
    expect(other.rootPasswordHash.split("$")[2]).toBe(salt);
  });

  it("contain every switch's host key by name, qualified name, loopback and port address", async () => {
    const { nodes } = await ensureIdentities(host, stateDir, fabric, "secret");
    const file = `${stateDir}/ssh/known_hosts`;
    for (const name of ["leaf1", "leaf1.dc.example", "192.168.98.4"]) {
      const { stdout } = await host.run({ file: "ssh-keygen", args: ["-F", name, "-f", file] });
      expect(stdout).toContain(nodes.leaf1?.sshHostKey.publicKey.split(" ")[1]);
    }
    const byPort = await host.run({ file: "ssh-keygen", args: ["-F", "192.168.96.2", "-f", file] });
    expect(byPort.stdout).toContain(nodes.internet?.sshHostKey.publicKey.split(" ")[1]);
  });
});
