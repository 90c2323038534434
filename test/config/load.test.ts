import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LoadOptions, loadConfig } from "../../src/config/load.ts";
import { localHost } from "../../src/system/local-host.ts";

let folder: string;
let options: LoadOptions;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-config-"));
  const home = { confDir: folder, stateDir: "/var/lib/ikvswitch", runDir: "/run/ikvswitch" };
  options = { env: {}, home, shippedPath: join(folder, "shipped.conf") };
});

afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const load = (more: Partial<LoadOptions> = {}) => loadConfig(localHost(), { ...options, ...more });

describe("the configuration file that is loaded", () => {
  it("is the first of --config, IKVSWITCH_CONF, the host's and the shipped file", async () => {
    expect((await load()).file).toBeNull();
    const shipped = await file("shipped.conf", "NUM_U=3");
    expect(await load()).toMatchObject({ file: shipped, config: { NUM_U: 3 } });
    const system = await file("ikvswitch.conf", "NUM_U=4");
    expect(await load()).toMatchObject({ file: system, config: { NUM_U: 4 } });
    const env = { IKVSWITCH_CONF: await file("environment.conf", "NUM_U=5") };
    expect(await load({ env })).toMatchObject({ file: env.IKVSWITCH_CONF, config: { NUM_U: 5 } });
    const configPath = await file("given.conf", "NUM_U=6");
    expect(await load({ env, configPath })).toMatchObject({ file: configPath, config: { NUM_U: 6 } });
  });

  it("of a name is NAME.conf, whatever the environment says, and the name gives the defaults of folders and devices", async () => {
    const env = { IKVSWITCH_CONF: await file("environment.conf", "NUM_U=5") };
    await file("shipped.conf", "NUM_U=3\nSTATE_DIR=/var/lib/ikvswitch");
    const defaults = {
      STATE_DIR: "/var/lib/ikvswitch/fabrics/lab-two",
      RUN_DIR: "/run/ikvswitch/fabrics/lab-two",
      HOST_BRIDGE_NAME_PREFIX: "labthb",
      HOST_IPMI_BRIDGE_NAME: "labtbr",
      VM_TAP_NIC: "labtipmi",
    };
    expect(await load({ env, name: "lab-two" })).toMatchObject({ file: null, config: defaults });
    const path = await file("lab-two.conf", "NUM_U=6\nRUN_DIR=/run/elsewhere");
    expect(await load({ env, name: "lab-two" })).toMatchObject({
      file: path,
      config: { ...defaults, NUM_U: 6, RUN_DIR: "/run/elsewhere" },
    });
    expect(await load({ env, name: "ikvswitch" })).toMatchObject({
      config: { NUM_U: 3, VM_TAP_NIC: "ikipmi" },
    });
  });

  it("is not taken from an empty IKVSWITCH_CONF", async () => {
    expect((await load({ env: { IKVSWITCH_CONF: "" } })).file).toBeNull();
  });

  it("may be the shipped one, which has no problem", async () => {
    const shippedPath = new URL("../../etc/ikvswitch.conf", import.meta.url).pathname;
    expect((await load({ shippedPath, sets: ["NUM_U=9"] })).config.NUM_U).toBe(9);
  });

  it("has to exist if the user names it", async () => {
    const path = join(folder, "none.conf");
    await expect(load({ configPath: path })).rejects.toThrow(
      `${path}: no such file, but --config names it; run 'ikvswitch config template' to print one`,
    );
    await expect(load({ env: { IKVSWITCH_CONF: path } })).rejects.toThrow(
      `${path}: no such file, but $IKVSWITCH_CONF names it; run 'ikvswitch config template' to print one`,
    );
    await expect(load({ configPath: "" })).rejects.toThrow('"": no such file, but --config names it');
  });

  it("has to be a readable file", async () => {
    await expect(load({ configPath: folder })).rejects.toThrow(
      `${folder}: cannot read it: a folder, not a regular file; give a file, or a pipe`,
    );
    await mkdir(join(folder, "ikvswitch.conf"));
    await expect(load()).rejects.toThrow("ikvswitch.conf: cannot read it: a folder");
    const circle = join(folder, "circle.conf");
    await symlink(circle, circle);
    await expect(load({ configPath: circle })).rejects.toThrow(
      `${circle}: cannot read it: symbolic link loop`,
    );
    const long = join(folder, "x".repeat(300));
    await expect(load({ configPath: long })).rejects.toThrow(`${long}: file name too long`);
  });

  it("may not be a FIFO, a socket or a device, which could block", async () => {
    const fifo = join(folder, "fifo.conf");
    await execa("mkfifo", [fifo]);
    await expect(load({ configPath: fifo })).rejects.toThrow(
      `${fifo}: cannot read it: a FIFO, not a regular file; give a file, or a pipe: <(command)`,
    );
    await expect(load({ configPath: "/dev/zero" })).rejects.toThrow("a device");
    const socket = join(folder, "socket.conf");
    const server = createServer().listen(socket);
    await once(server, "listening");
    await expect(load({ configPath: socket })).rejects.toThrow("a socket");
    server.close();
  });

  it("has to be within the size limit", async () => {
    const path = await file("large.conf", "#".repeat(1024 * 1024 + 1));
    await expect(load({ configPath: path })).rejects.toThrow(
      `${path}: file too large: 1048577 bytes (limit: 1048576)`,
    );
  });

  it("has to be text", async () => {
    const path = await file("binary.conf", new Uint8Array([0x4e, 0x00, 0x55]));
    await expect(load({ configPath: path })).rejects.toThrow(`${path}: not a text file: contains NUL bytes`);
  });

  it("may hold bytes that are not UTF-8 in comments, not in values", async () => {
    const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
    await expect(load({ configPath: await file("a.conf", latin1("# für\nNUM_U=3")) })).resolves.toMatchObject(
      {
        config: { NUM_U: 3 },
      },
    );
    const path = await file("b.conf", latin1("VM_ROOT_PASS=für"));
    await expect(load({ configPath: path })).rejects.toThrow(
      `${path}:1: VM_ROOT_PASS: the value contains the unprintable character U+FFFD; remove it`,
    );
  });

  it("may begin with a byte order mark and have Windows line ends", async () => {
    const path = await file("windows.conf", "\ufeffNUM_U=3\r\nNUM_RACKS=1\r\n");
    expect((await load({ configPath: path })).config).toMatchObject({ NUM_U: 3, NUM_RACKS: 1 });
  });

  it("is never executed", async () => {
    const mark = join(folder, "mark");
    const path = await file("evil.conf", `MY_IP=$(touch ${mark})\nDOMAIN=\`touch ${mark}\`\ntouch ${mark}\n`);
    await expect(load({ configPath: path })).rejects.toThrow("this file is never executed");
    expect(await localHost().stat(mark)).toBeUndefined();
  });

  it.each([
    ["unknown keys", (index: number) => `SOME_KEY_${index}=x`, 'SOME_KEY_0: unknown key "SOME_KEY_0"'],
    ["unknown variables", (index: number) => `A${index}=$NAME${index}`, "A0: unknown variable: NAME0"],
    ["lines of anything", () => "rm -rf /", '"rm -rf /" is not KEY=VALUE'],
  ])("with too many %s is refused with at most fifty problems", async (_, line, first) => {
    const count = 10_000;
    const path = await file(
      "large.conf",
      Array.from({ length: count }, (_each, index) => line(index)).join("\n"),
    );
    const { message } = (await load({ configPath: path }).catch((error: unknown) => error)) as Error;
    expect(message).toContain(first);
    expect(message.split("\n")).toHaveLength(51);
    expect(message).toMatch(/\nand 9,950 more$/);
  });
});
