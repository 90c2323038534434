import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localHost } from "../../src/system/local-host.ts";
import { readVersioned } from "../../src/system/versioned-document.ts";

it.each([
  ['{"version":1,"id":"a"}', { version: 1, id: "a" }],
  ['{"version":2,"id":"a"}', undefined],
  ['{"version":1,"id"', undefined],
  ["", undefined],
  ["null", undefined],
  [undefined, undefined],
])("reads %j as %j", async (content, document) => {
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
  const path = join(folder, "document.json");
  if (content !== undefined) {
    await writeFile(path, content);
  }
  expect(await readVersioned(localHost(), path)).toEqual(document);
  await rm(folder, { recursive: true });
});
