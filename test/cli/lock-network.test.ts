import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Context } from "../../src/cli/context.ts";
import { lockFabric, refuseClashes } from "../../src/cli/lock-network.ts";
import { readConfig } from "../../src/config/read.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { PreflightError } from "../../src/errors.ts";
import { fabricAlias } from "../../src/fabric/mark.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";

const OWN = { stateDir: "/var/lib/ikvswitch", runDir: "/run/ikvswitch" };
const OTHER = { stateDir: "/var/lib/second", runDir: "/run/second" };

/** Takes the place of /run, where only root can take the lock. */
let run: string;

beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), "ikvswitch-lock-"));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(run, { recursive: true });
});

/** Returns this host, with its /run elsewhere, and with the bridge of a fabric with these folders, if any. */
function contextWith(bridgeOf?: typeof OWN): Context {
  const local = localHost();
  const moved = (path: string) => path.replace(/^\/run(?=\/)/, run);
  const bridges =
    bridgeOf === undefined
      ? []
      : [{ ifname: "ikhb", ifalias: fabricAlias(bridgeOf.stateDir, bridgeOf.runDir), group: "26988" }];
  const outputs: Readonly<Record<string, string>> = { stat: "7 0 0\n7 0 755\n", ip: JSON.stringify(bridges) };
  const host: Host = {
    ...local,
    run: async ({ file }) => ({ exitCode: 0, stdout: outputs[file] ?? "", stderr: "" }),
    makeDirectory: (path, mode) => local.makeDirectory(moved(path), mode),
    lock: (path) => local.lock(moved(path)),
    readFile: (path, options) => local.readFile(moved(path), options),
    writeFile: (path, content, mode) => local.writeFile(moved(path), content, mode),
    remove: (path) => local.remove(moved(path)),
  };
  const loaded = readConfig("", null, { plan: planFabric });
  return {
    host,
    loaded,
    chosenFile: null,
    settings: settingsOf(loaded.config),
    fabric: loaded.plan,
    planned: loaded.plan,
  };
}

describe("work on the fabric", () => {
  it("is done under the lock, which names it, and leaves no lock", async () => {
    const context = contextWith(OWN);
    const holder = () => context.host.readFile("/run/ikvswitch-lock-7/holder");
    expect(await lockFabric(context, "up", holder)).toBe(`pid ${process.pid}, ikvswitch up`);
    expect(await readdir(run)).toEqual([]);
  });

  it("leaves no lock when it fails", async () => {
    const fail = () => Promise.reject(new TypeError("no such switch"));
    await expect(lockFabric(contextWith(), "up", fail)).rejects.toThrow("no such switch");
    expect(await readdir(run)).toEqual([]);
  });

  it("waits for work of another process, which it names", async () => {
    const told = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const order: string[] = [];
    const { promise: end, resolve: finish } = withResolvers();
    const { promise: begun, resolve: begin } = withResolvers();
    const first = lockFabric(contextWith(), "up", async () => {
      begin();
      await end;
      order.push("up");
    });
    await begun;
    const second = lockFabric(contextWith(), "down", async () => {
      order.push("down");
    });
    const message = `Waiting for another ikvswitch process (pid ${process.pid}, ikvswitch up).\n`;
    await expect.poll(() => told.mock.calls.map(([text]) => text), { timeout: 30_000 }).toEqual([message]);
    finish();
    await Promise.all([first, second]);
    expect(order).toEqual(["up", "down"]);
  });

  it("does not begin beside a fabric whose configuration is not known, and leaves no lock", async () => {
    const work = vi.fn(async () => {});
    await expect(lockFabric(contextWith(OTHER), "up", work)).rejects.toThrow(PreflightError);
    expect(work).not.toHaveBeenCalled();
    expect(await readdir(run)).toEqual([]);
  });
});

it("a fabric whose configuration is not known is refused without the lock, with its folders; the own one is not", async () => {
  await expect(refuseClashes(contextWith(OTHER))).rejects.toThrow(
    "bridges ikhb, STATE_DIR=/var/lib/second, RUN_DIR=/run/second",
  );
  await refuseClashes(contextWith(OWN));
  await refuseClashes(contextWith());
  expect(await readdir(run)).toEqual([]);
});

function withResolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
