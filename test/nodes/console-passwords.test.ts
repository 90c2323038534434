import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { ensureConsolePasswords, readConsolePasswords } from "../../src/nodes/console-passwords.ts";
import { localHost } from "../../src/system/local-host.ts";
import { shippedConfig } from "../fabric/config.ts";

const host = localHost();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-passwords-"));
});

afterEach(() => rm(folder, { recursive: true }));

describe("the passwords of VNC consoles and BMCs", () => {
  const settings = (overrides: Parameters<typeof shippedConfig>[0] = {}) =>
    settingsOf(shippedConfig({ STATE_DIR: folder, VM_ROOT_PASS: "root's own", ...overrides }));

  it("are generated once if the configuration has none, and differ from each other and from root's", async () => {
    expect(await readConsolePasswords(host, settings())).toEqual({ vnc: null, bmc: null });
    const made = await ensureConsolePasswords(host, settings());
    // The longest passwords of which the protocols use every character.
    expect(made.vnc).toMatch(/^[A-Za-z2-9]{8}$/);
    expect(made.bmc).toMatch(/^[A-Za-z2-9]{16}$/);
    expect(made.bmc).not.toContain(made.vnc);
    expect(await ensureConsolePasswords(host, settings())).toEqual(made);
    expect(await readConsolePasswords(host, settings())).toEqual(made);
    expect((await stat(join(folder, "identity/vnc-password"))).mode & 0o077).toBe(0);
    expect((await stat(join(folder, "identity/bmc-password"))).mode & 0o077).toBe(0);
  });

  it("are the configured ones if there are any", async () => {
    const own = settings({ VNC_PASSWORD: "for-vnc", BMC_PASSWORD: "for-bmcs" });
    expect(await ensureConsolePasswords(host, own)).toEqual({ vnc: "for-vnc", bmc: "for-bmcs" });
  });
});
