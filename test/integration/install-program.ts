import { rolldown } from "rolldown";
import { projectPath, type Site } from "./namespace.ts";

/**
 * Put a program of ours on a test's host, as one file that needs no other.
 * @param source from the project's root on.
 * @param path on that host, two folders below which ours would lie.
 */
export async function installProgram(site: Site, source: string, path: string): Promise<void> {
  await site.host.run("mkdir", ["-p", path.slice(0, path.lastIndexOf("/"))]);
  const bundle = await rolldown({ platform: "node", input: projectPath(source) });
  await bundle.write({ format: "esm", file: `/proc/${site.host.pid}/root${path}`, codeSplitting: false });
  await bundle.close();
}
