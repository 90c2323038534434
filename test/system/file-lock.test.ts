import { mkdirSync, readdirSync, readlinkSync, rmdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockFile } from "../../src/system/file-lock.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
  path = join(folder, "lock");
  mkdirSync(path);
});

afterEach(() => rm(folder, { recursive: true }));

/** Reports whether this process has the lock open. */
function isOpen(): boolean {
  return readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  });
}

it("a lock is exclusive until it is released", async () => {
  const unlock = await lockFile(path);
  expect(unlock).toBeDefined();
  expect(await lockFile(path)).toBeUndefined();
  await unlock?.();
  const again = await lockFile(path);
  expect(again).toBeDefined();
  await again?.();
  expect(isOpen()).toBe(false);
});

it("a folder that is gone, or was recreated while it was being locked, is not locked", async () => {
  const locking = lockFile(path);
  while (!isOpen()) {
    await nextTurn();
  }
  // The last holder removes the folder, and the next one creates it.
  rmdirSync(path);
  mkdirSync(path);
  expect(await locking).toBeUndefined();
  rmdirSync(path);
  expect(await lockFile(path)).toBeUndefined();
  expect(isOpen()).toBe(false);
});
