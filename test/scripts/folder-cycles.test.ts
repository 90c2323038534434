import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";

test("folders that import each other are an error that names the imports", async () => {
  const root = await treeOf({
    "room/index.ts": 'import { inner } from "./inner/inner.ts";',
    "room/inner/inner.ts": 'import type { Outer } from "../types.ts";',
    "room/types.ts": "export type Outer = string;",
  });

  expect(await folderCycles(root)).toMatchObject({
    exitCode: 1,
    stderr: [
      "Import cycle between folders: room -> room/inner -> room",
      `  ${root}/room/index.ts imports ${root}/room/inner/inner.ts`,
      `  ${root}/room/inner/inner.ts imports ${root}/room/types.ts`,
    ].join("\n"),
  });
});

test("a circle over several folders is found, also with a dynamic import", async () => {
  const root = await treeOf({
    "one/a.ts": 'import "../two/b.ts";',
    "two/b.ts": 'export { c } from "../three/c.ts";',
    "three/c.ts": 'const a = await import("../one/a.ts");',
  });

  expect((await folderCycles(root)).stderr).toContain("one -> two -> three -> one");
});

test("folders in layers are no circle, nor are files of one folder", async () => {
  const root = await treeOf({
    "top/a.ts": 'import "../low/b.ts"; import "../low/c.ts"; import "node:fs";',
    "low/b.ts": 'import "./c.ts";',
    "low/c.ts": 'import "./b.ts";',
  });

  expect(await folderCycles(root)).toMatchObject({ exitCode: 0, stderr: "" });
});

function folderCycles(root: string) {
  return execa("scripts/folder-cycles.mjs", [root], { reject: false });
}

async function treeOf(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "folders-"));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}
