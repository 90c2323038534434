import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmulatorUser } from "../../src/system/confine.ts";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import { vmFolder } from "../../src/vms/folder.ts";
import type { Profile } from "../../src/vms/profile.ts";
import { writeSeed } from "../../src/vms/seed.ts";
import { profile } from "./profile.ts";

const local = localHost();
const user: EmulatorUser = { name: "ikvswitch", uid: 990, gid: 991, kvmGid: null };
const disks = [{ size: "1G", base: null, copy: false }];
let root: string;
let commands: string[];

beforeEach(async () => {
  root = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
  commands = [];
});

afterEach(() => local.remove(root));

/** Writes the files of a VM with this profile. Commands that need root are only recorded. */
async function seedOf(changes: Partial<Profile>): Promise<string | null> {
  const run: Host["run"] = async ({ file, args }) => {
    commands.push([file, ...args].join(" ").replaceAll(root, ""));
    return { exitCode: 0, stdout: "", stderr: "" };
  };
  const folder = vmFolder({ stateDir: `${root}/state`, runDir: `${root}/run` }, "web1");
  return writeSeed({ ...local, run }, folder, { profile: profile(changes), instance: "abc123", user });
}

async function content(name: string): Promise<string> {
  return (await local.readFile(`${root}/run/vms/web1/seed/${name}`)) ?? "";
}

describe("the files for cloud-init", () => {
  it("give a VM its name, an identity of its own, and no keys by default", async () => {
    expect(await seedOf({ disks })).toBe(`${root}/run/vms/web1/seed`);
    expect(JSON.parse(await content("meta-data"))).toEqual({
      "instance-id": "abc123",
      "local-hostname": "web1",
      "public-keys": [],
    });
    expect(await content("user-data")).toBe("#cloud-config\n{}\n");
  });

  it("have the profile's user-data as it is, and the keys of its file without comments", async () => {
    const userData = "#!/bin/sh\necho '$(not run)' \\\n";
    await local.writeFile(`${root}/user-data`, userData);
    await local.writeFile(`${root}/keys`, "# mine\n\nssh-ed25519 AAAA me@home\nssh-rsa BBBB\n");
    await seedOf({ disks, userData: `${root}/user-data`, sshKeys: `${root}/keys` });
    expect(await content("user-data")).toBe(userData);
    expect(JSON.parse(await content("meta-data"))["public-keys"]).toEqual([
      "ssh-ed25519 AAAA me@home",
      "ssh-rsa BBBB",
    ]);
  });

  it("can be read by the emulator's group, but not by other users", async () => {
    await seedOf({ disks });
    expect(commands).toEqual([
      "install -d -m 0750 -o 0 -g 991 /run/vms/web1/seed",
      "chgrp 991 /run/vms/web1/seed/meta-data",
      "chgrp 991 /run/vms/web1/seed/user-data",
    ]);
    const { stdout } = await local.run({
      file: "stat",
      args: ["-c", "%a", `${root}/run/vms/web1/seed/meta-data`, `${root}/run/vms/web1/seed/user-data`],
    });
    expect(stdout).toBe("640\n640\n");
  });

  it("are for systems on disks only", async () => {
    expect(await seedOf({ disks: [] })).toBeNull();
    expect(await seedOf({ disks, image: "switch" })).toBeNull();
    expect(commands).toEqual([]);
  });

  it("are refused if the profile names a file that does not exist", async () => {
    await expect(seedOf({ disks, userData: `${root}/none` })).rejects.toThrow(
      `${root}/none: no such file; the VM's profile names it`,
    );
  });
});
