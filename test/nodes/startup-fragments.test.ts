import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { addFragments, readStartupFragments } from "../../src/nodes/startup-fragments.ts";
import { localHost } from "../../src/system/local-host.ts";
import { smallFabric } from "../host/network.ts";

const host = localHost();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-startup-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, text: string | Uint8Array): Promise<void> {
  await mkdir(join(folder, name, ".."), { recursive: true });
  await writeFile(join(folder, name), text);
}

async function problems(): Promise<readonly string[]> {
  const error = await readStartupFragments(host, folder, smallFabric).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems.map(
    ({ file, message }) => `${file?.slice(folder.length)}: ${message}`,
  );
}

describe("startup fragments", () => {
  it("are none without a folder", async () => {
    expect(await readStartupFragments(host, join(folder, "nowhere"), smallFabric)).toEqual(new Map());
  });

  it("are added to the switch's own files, after a comment that names them", async () => {
    await put("leaf1/frr.conf", "ip prefix-list MINE permit 192.0.2.0/24");
    await put("leaf1/sysctl.conf", "vm.swappiness = 1\n");
    await put("leaf1/frr.conf~", "old");
    const fragments = await readStartupFragments(host, folder, smallFabric);
    const files = ["/etc/frr/frr.conf", "/etc/hosts", "/etc/sysctl.d/ikvswitch.conf"].map((path) => ({
      path,
      mode: 0o644,
      content: "rendered\n",
    }));
    expect(addFragments(files, fragments.get("leaf1") ?? []).map(({ content }) => content)).toEqual([
      `rendered\n! From ${folder}/leaf1/frr.conf:\nip prefix-list MINE permit 192.0.2.0/24\n`,
      "rendered\n",
      `rendered\n# From ${folder}/leaf1/sysctl.conf:\nvm.swappiness = 1\n`,
    ]);
    expect(fragments.get("leaf2")).toBeUndefined();
  });

  it("are not looked for in a file", async () => {
    await put("file", "");
    await expect(readStartupFragments(host, join(folder, "file"), smallFabric)).rejects.toThrow(
      "not a folder",
    );
  });

  it("that would have no effect are errors, all at once", async () => {
    await put("leaf99/frr.conf", "");
    await put("leaf1/ospf.conf", "");
    await put("leaf1/frr.conf", Uint8Array.of(0));
    await mkdir(join(folder, "spine1/frr.conf"), { recursive: true });
    await put("leaf2/frr.conf", "!".repeat(1024 * 1024 + 1));
    expect(await problems()).toEqual([
      "/leaf1/frr.conf: not a text file",
      "/leaf1/ospf.conf: no such fragment; choose from frr.conf, sysctl.conf",
      expect.stringMatching(/^\/leaf2\/frr\.conf: .*(1048576|1 MiB)/),
      "/leaf99: no switch of this fabric is called so",
      expect.stringMatching(/^\/spine1\/frr\.conf: .*not a regular file/),
    ]);
  });
});
