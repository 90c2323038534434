import { EventEmitter, once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InterruptedError, TimeoutError } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";
import {
  isUnfinished,
  makeWholeFolder,
  removeUnfinishedFolders,
  removeWholeFolder,
  withScratchFolder,
} from "../../src/system/whole-folder.ts";

const host = localHost();
let parent: string;
let path: string;
let waits: number;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "ikv-whole-"));
  path = join(parent, "made");
  waits = 0;
});

afterEach(() => rm(parent, { recursive: true }));

const make = (fill: (folder: string) => Promise<void>, timeoutMs = 60_000) =>
  makeWholeFolder(
    host,
    {
      path,
      isThere: async () => (await host.list(path)).includes("whole"),
      timeoutMs,
      onWait: () => {
        waits += 1;
      },
    },
    fill,
  );

const write = (content: string) => (folder: string) => writeFile(join(folder, "whole"), content);

/** Starts to make the folder, and continues until `finish` is called. */
async function beingMade(content: string) {
  const signals = new EventEmitter();
  const finished = once(signals, "finish");
  const begun = once(signals, "begun");
  const made = make(async (folder) => {
    signals.emit("begun");
    await finished;
    await write(content)(folder);
  });
  await begun;
  return { made, finish: () => signals.emit("finish") };
}

describe("a folder that is made atomically", () => {
  it("has its name only once it is complete, and replaces an incomplete folder", async () => {
    await mkdir(path);
    await writeFile(join(path, "damaged"), "");
    const seen: string[] = [];
    const made = await make(async (folder) => {
      seen.push(...(await readdir(path)), folder);
      await write("all")(folder);
    });
    expect(made).toBe(true);
    expect(seen).toEqual(["damaged", join(parent, ".building-made")]);
    expect(await readdir(parent)).toEqual(["made"]);
    expect(await readdir(path)).toEqual(["whole"]);
  });

  it("is kept if it exists", async () => {
    await make(write("first"));
    expect(await make(write("second"))).toBe(false);
    expect(await readFile(join(path, "whole"), "utf8")).toBe("first");
    expect(await readdir(parent)).toEqual(["made"]);
  });

  it("does not exist after a failure, and can be made afterwards", async () => {
    const failing = make(async (folder) => {
      await write("half")(folder);
      throw new Error("no more");
    });
    await expect(failing).rejects.toThrow("no more");
    expect(await readdir(parent)).toEqual([]);
    expect(await make(write("all"))).toBe(true);
  });

  it("is made once for two concurrent callers: the second waits, and is notified once", async () => {
    const first = await beingMade("first");
    const second = make(write("second"));
    await expect(make(write("third"), 300)).rejects.toBeInstanceOf(TimeoutError);
    expect(waits).toBe(2);
    first.finish();
    expect(await Promise.all([first.made, second])).toEqual([true, false]);
    expect(await readFile(join(path, "whole"), "utf8")).toBe("first");
    expect(await readdir(parent)).toEqual(["made"]);
  });

  it("is started over after the remains of a killed process", async () => {
    await mkdir(join(parent, ".building-made"));
    await writeFile(join(parent, ".building-made", "half"), "");
    await make(write("all"));
    expect(await readdir(path)).toEqual(["whole"]);
    expect(waits).toBe(0);
  });

  it("is not waited for after an interrupt", async () => {
    const interruption = new AbortController();
    const lock = await localHost(interruption.signal).lock(parent);
    interruption.abort(new InterruptedError());
    await expect(localHost(interruption.signal).lock(parent)).rejects.toBeInstanceOf(InterruptedError);
    await lock?.();
  });
});

describe("unfinished folders", () => {
  it("are removed if no process works on them, and nothing else is", async () => {
    const first = await beingMade("first");
    await mkdir(join(parent, ".building-of-a-killed-one", "root"), { recursive: true });
    await mkdir(join(parent, "other"));
    await removeUnfinishedFolders(host, parent);
    expect((await readdir(parent)).sort()).toEqual([".building-made", "other"]);
    first.finish();
    expect(await first.made).toBe(true);
  });

  it("are none if the parent folder does not exist", async () => {
    await removeUnfinishedFolders(host, join(parent, "missing"));
    expect(await readdir(parent)).toEqual([]);
  });
});

describe("a folder that is removed", () => {
  it("is gone, and is an unfinished one if the removal ends early", async () => {
    await mkdir(join(parent, "made"));
    await removeWholeFolder({ ...host, remove: async () => {} }, join(parent, "made"));
    const [left = "", ...others] = await readdir(parent);
    expect(others).toEqual([]);
    expect(isUnfinished(left)).toBe(true);
    await removeUnfinishedFolders(host, parent);
    await mkdir(join(parent, "made"));
    await removeWholeFolder(host, join(parent, "made"));
    await removeWholeFolder(host, join(parent, "missing"));
    expect(await readdir(parent)).toEqual([]);
  });
});

describe("a scratch folder", () => {
  it("is not removed as unfinished while it is in use, and is gone afterwards, also after a failure", async () => {
    const kept = await withScratchFolder(host, parent, async (folder) => {
      await write("all")(folder);
      await removeUnfinishedFolders(host, parent);
      return readFile(join(folder, "whole"), "utf8");
    });
    expect(kept).toBe("all");
    const failed = withScratchFolder(host, parent, async () => {
      throw new Error("no room");
    });
    await expect(failed).rejects.toThrow("no room");
    expect(await readdir(parent)).toEqual([]);
  });
});

describe("a locked file", () => {
  it("is exclusive until it is released, and is not inherited by programs that are started meanwhile", async () => {
    const unlock = await host.lock(parent);
    expect(await host.lock(parent)).toBeUndefined();
    await host.spawn({ file: "sleep", args: ["1"] }, join(parent, "log"));
    await unlock?.();
    const again = await host.lock(parent);
    expect(again).toBeDefined();
    await again?.();
  });

  it("can't be one that was renamed or does not exist", async () => {
    await mkdir(path);
    const unlock = await host.lock(path);
    await rename(path, join(parent, "elsewhere"));
    expect(await host.lock(path)).toBeUndefined();
    await unlock?.();
  });
});
