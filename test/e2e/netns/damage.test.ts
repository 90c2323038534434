import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { STATE_DIR } from "../fabric-site.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";

// Whatever has replaced a file of ikvswitch, no command hangs, fails without naming the file, or reports an internal
// error. test/system/state-file.test.ts tests the error for each kind of damage.

const SETS = ["NUM_RACKS=2", "NUM_U=3"];
const TIMEOUT_MS = 120_000;
const NODES = "/run/ikvswitch/nodes";
const LOGS = "/run/ikvswitch/logs";

let site: NetnsSite;
let before: HostState;

beforeAll(async () => {
  site = await createNetnsSite(SETS);
  before = await captureState(site.host);
  await site.ikvswitch(["up"]);
}, TIMEOUT_MS);

afterAll(() => site.close(), TIMEOUT_MS);

/** Shell commands that damage the file at $1. */
const DAMAGES = {
  truncated: 'head -c 20 "$1" >"$1.cut"; mv "$1.cut" "$1"',
  "a folder": 'rm -rf "$1"; mkdir "$1"; touch "$1/file"',
  "a FIFO": 'rm -rf "$1"; mkfifo "$1"',
  "a link to itself": 'rm -rf "$1"; ln -s "$1" "$1"',
  null: 'echo null >"$1"',
  empty: ': >"$1"',
  binary: 'head -c 100 /bin/sh >"$1"',
};

const damage = (kind: keyof typeof DAMAGES, path: string) =>
  site.host.run("sh", ["-ec", DAMAGES[kind], "sh", path]);

describe.each(["truncated", "a folder", "a FIFO"] as const)("with a switch's files damaged: %s", (kind) => {
  beforeAll(async () => {
    for (const file of ["sandbox.json", "applied.json"]) {
      await damage(kind, `${NODES}/leaf1/${file}`);
    }
    await damage(kind, `${NODES}/leaf2/pid`);
    await damage(kind, `${LOGS}/leaf3/log`);
  });

  it("`status` and `check` name the damaged files, and report all other state", async () => {
    const { stdout } = await site.ikvswitch(["status"], [4]);
    expect(stdout).toContain(`${NODES}/leaf1/sandbox.json is damaged: `);
    expect(stdout).toContain(`${NODES}/leaf1/applied.json is damaged: `);
    expect(stdout).toMatch(/^leaf4 .* running/m);
    expect((await site.ikvswitch(["check", "--only", "node"], [4])).stderr).toBe("");
  });

  it("`up` repairs the damage", async () => {
    await site.ikvswitch(["up"]);
    // A neighbor that notices the restart only now ends the new session once more.
    await site.ikvswitch(["check", "--wait", "60s", "--only", "bgp,bfd"]);
    const { stdout } = await site.ikvswitch(["status"]);
    expect(stdout).not.toContain("damaged");
  });
});

describe("with many files damaged, each in another way", () => {
  beforeAll(async () => {
    await damage("a folder", `${NODES}/leaf1/sandbox.json`);
    await damage("a FIFO", `${NODES}/leaf2/sandbox.json`);
    await damage("a link to itself", `${NODES}/leaf3/sandbox.json`);
    await damage("binary", `${NODES}/leaf4/sandbox.json`);
    await damage("null", `${NODES}/spine1/applied.json`);
    await damage("a folder", `${NODES}/spine1/pid`);
    await damage("empty", `${NODES}/spine2/pid`);
    await damage("a FIFO", `${LOGS}/spine2/log`);
    await damage("binary", `${STATE_DIR}/host-before.json`);
  });

  it("`up` names the file that it needs, and the fix, before it changes anything", async () => {
    const { stderr } = await site.ikvswitch(["up"], [3]);
    expect(stderr).toContain(`${STATE_DIR}/host-before.json is damaged: invalid JSON`);
    expect(stderr).toContain("fix: run 'ikvswitch down', which removes it");
  });

  it("`down` removes everything of ikvswitch, and reports the state that it can't restore", async () => {
    const { stderr } = await site.ikvswitch(["down"]);
    expect(stderr).toContain(`Warning: ${STATE_DIR}/host-before.json is damaged: invalid JSON`);
    expect(await site.leftovers()).toBe("");
    expect((await site.host.run("nft", ["list", "ruleset"])).stdout).not.toMatch(/ikvswitch|ikhb/);
    // The lost record had forwarding off and no nft tables.
    await site.host.shell(`
      echo 0 >/proc/sys/net/ipv4/ip_forward
      echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
      echo 1 >/proc/sys/net/ipv6/conf/up0/accept_ra
      nft flush ruleset`);
    expect(await captureState(site.host)).toEqual(before);
  });
});
