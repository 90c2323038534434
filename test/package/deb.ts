import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { projectPath } from "../integration/namespace.ts";

/** Builds the Debian package as `npm run deb` does. @returns its path, in a new folder */
export async function buildDeb(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-deb-"));
  await execa(projectPath("scripts/deb"), [folder]);
  const [name = ""] = await readdir(folder);
  return join(folder, name);
}
