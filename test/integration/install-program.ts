import { rolldown } from "rolldown";
import { projectPath, type Site } from "./namespace.ts";

/**
 * Installs a program on a test's host as a single file without dependencies.
 * @param source path from the project's root
 * @param path on that host, two folders below the root of an installation
 */
export async function installProgram(site: Site, source: string, path: string): Promise<void> {
  await site.host.run("mkdir", ["-p", path.slice(0, path.lastIndexOf("/"))]);
  const bundle = await rolldown({ platform: "node", input: projectPath(source) });
  await bundle.write({ format: "esm", file: `/proc/${site.host.pid}/root${path}`, codeSplitting: false });
  await bundle.close();
}
