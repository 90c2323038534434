import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runPerl } from "./run-perl.ts";

const SLOT_BYTES = 512 * 1024;
const HEADER_BYTES = 24;

let folder: string;
let store: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-slots-"));
  store = join(folder, "store");
  await writeFile(store, new Uint8Array(2 * SLOT_BYTES));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const write = (...texts: readonly string[]) =>
  runPerl("Slots", "my $store = shift; IkvSwitch::Slots::write_text($store, $_) for @ARGV", [
    store,
    ...texts,
  ]);

async function newest(): Promise<string> {
  const { stdout, stderr } = await runPerl("Slots", "print IkvSwitch::Slots::newest_text(@ARGV)", [store]);
  expect(stderr).toBe("");
  return stdout;
}

async function overwrite(offset: number, bytes: Uint8Array): Promise<void> {
  const file = await open(store, "r+");
  await file.write(bytes, 0, bytes.length, offset);
  await file.close();
}

describe("the store of a switch without a file system", () => {
  it("has no text at first, whether it is zeros, empty or garbage", async () => {
    expect(await newest()).toBe("");
    await writeFile(store, "");
    expect(await newest()).toBe("");
    await writeFile(
      store,
      Uint8Array.from({ length: 2 * SLOT_BYTES }, (_, index) => (index * 7919) % 251),
    );
    expect(await newest()).toBe("");
    await write("first");
    expect(await newest()).toBe("first");
  });

  it("has the text that was written last, of any bytes and length, in a file of any length", async () => {
    for (const text of ["first\n", "ä,\t\n".repeat(1000), "x", "", "y".repeat(1000)]) {
      expect((await write(text)).stderr).toBe("");
      expect(await newest()).toBe(text);
    }
    await writeFile(store, "");
    await write("one", "two", "three");
    expect(await newest()).toBe("three");
  });

  it("writes the same text only once", async () => {
    await write("one", "two");
    const before = await readFile(store);
    await write("two");
    expect((await readFile(store)).equals(before)).toBe(true);
  });

  it("has the text before the last one if the last one was not written to its end", async () => {
    await write("one\n".repeat(2000), "two\n".repeat(2000));
    const before = await readFile(store);
    await write("tri\n".repeat(2000));
    const after = await readFile(store);
    // The third text is in the first slot again. A write ends at any sector.
    for (const bytes of [512, 1024, 4096, 7680]) {
      await writeFile(store, Buffer.concat([after.subarray(0, bytes), before.subarray(bytes)]));
      expect(await newest()).toBe("two\n".repeat(2000));
    }
    // The next text replaces the damaged one, and not the good one.
    await write("four");
    await overwrite(0, new Uint8Array(HEADER_BYTES));
    expect(await newest()).toBe("two\n".repeat(2000));
  });

  it.each([
    ["magic", 0],
    ["number", 15],
    ["length", 19],
    ["checksum", 23],
    ["text", HEADER_BYTES],
  ])("does not read a slot with a wrong %s", async (_what, offset) => {
    await write("one", "two");
    await overwrite(SLOT_BYTES + offset, Uint8Array.from([0x55]));
    expect(await newest()).toBe("one");
  });

  it("refuses a text that does not fit, and keeps the one that it has", async () => {
    await write("one");
    const script = "IkvSwitch::Slots::write_text($ARGV[0], 'x' x (512 * 1024))";
    const { exitCode, stderr } = await runPerl("Slots", script, [store]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toBe("524288 bytes do not fit\n");
    expect(await newest()).toBe("one");
  });

  it("names a store that can't be opened", async () => {
    const { stderr } = await runPerl("Slots", "IkvSwitch::Slots::newest_text(@ARGV)", [`${folder}/none`]);
    expect(stderr).toBe(`${folder}/none: No such file or directory\n`);
  });
});
