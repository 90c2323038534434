import { ConfigError, type ConfigProblem, FileError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { FRR_CONF } from "../render/render.ts";
import type { NodeFile } from "../render/types.ts";
import type { Host } from "../system/host.ts";

/** The files that may have fragments, by the names of these, with the sign of a comment. */
const FILES = {
  "frr.conf": { path: FRR_CONF, comment: "!" },
  "sysctl.conf": { path: "/etc/sysctl.d/ikvswitch.conf", comment: "#" },
} as const;

/** Far more than a person writes. */
const MAX_BYTES = 1024 * 1024;

interface Fragment {
  /** Of the file in the switch: `/etc/frr/frr.conf`. */
  readonly path: string;
  readonly text: string;
}

/** Fragments of each node, by its name. */
export type StartupFragments = ReadonlyMap<string, readonly Fragment[]>;

/**
 * Reads the user's fragments of configuration, `leaf1/frr.conf`, from a folder that need not exist. Hidden files and
 * editors' backups (`name~`) are ignored.
 *
 * @throws ConfigError with every folder that is no switch's, and every file that is unknown or can't be read: these
 *   would silently have no effect.
 */
export async function readStartupFragments(
  host: Host,
  folder: string,
  { nodes }: Pick<Fabric, "nodes">,
): Promise<StartupFragments> {
  const problems: ConfigProblem[] = [];
  if ((await host.stat(folder))?.isFolder === false) {
    throw new ConfigError([{ file: folder, message: "not a folder (STARTUP_DIR)" }]);
  }
  const fragments = new Map<string, readonly Fragment[]>();
  for (const name of visible(await host.list(folder))) {
    if (!nodes.some((node) => node.name === name)) {
      problems.push({ file: `${folder}/${name}`, message: "no switch of this fabric is called so" });
      continue;
    }
    const found: Fragment[] = [];
    for (const file of visible(await host.list(`${folder}/${name}`))) {
      const fragment = await readFragment(host, `${folder}/${name}`, file);
      "message" in fragment ? problems.push(fragment) : found.push(fragment);
    }
    fragments.set(name, found);
  }
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return fragments;
}

async function readFragment(host: Host, folder: string, name: string): Promise<Fragment | ConfigProblem> {
  const path = `${folder}/${name}`;
  const known = Object.entries(FILES).find(([each]) => each === name)?.[1];
  if (known === undefined) {
    return { file: path, message: `no such fragment; choose from ${Object.keys(FILES).join(", ")}` };
  }
  try {
    const text = (await host.readFile(path, { maxBytes: MAX_BYTES })) ?? "";
    return text.includes("\0")
      ? { file: path, message: "not a text file" }
      : {
          path: known.path,
          text: `${known.comment} From ${path}:\n${text.endsWith("\n") ? text : `${text}\n`}`,
        };
  } catch (error) {
    if (error instanceof FileError) {
      return { file: path, message: error.reason };
    }
    throw error;
  }
}

function visible(names: readonly string[]): readonly string[] {
  return names.filter((name) => !name.startsWith(".") && !name.endsWith("~")).toSorted();
}

/** Returns the files with each fragment at the end of its own. */
export function addFragments(
  files: readonly NodeFile[],
  fragments: readonly Fragment[],
): readonly NodeFile[] {
  return files.map((file) => {
    const texts = fragments.filter(({ path }) => path === file.path).map(({ text }) => text);
    return texts.length === 0 ? file : { ...file, content: [file.content, ...texts].join("") };
  });
}
