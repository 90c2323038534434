import type { Host } from "../../system/host.ts";

/** A file from which VMs start, as it was written. */
export interface KeptFile {
  /** Empty: none was computed, and a copy of the file is not accepted. */
  readonly sha256: string;
  /** Size, inode and ctime: the last change of content or owner, which no user can set. */
  readonly stamp: string;
}

/** Describes the current files, by name. Reads all of them at low priority, because running switches come first. */
export async function describeFiles(
  host: Host,
  folder: string,
  names: readonly string[],
): Promise<Readonly<Record<string, KeptFile>>> {
  const [sums, stamps] = await Promise.all([checksums(host, folder, names), fileStamps(host, folder, names)]);
  return Object.fromEntries(
    names.map((name) => [name, { sha256: sums.get(name) ?? "", stamp: stamps.get(name) ?? "" }]),
  );
}

/** Describes the current files, by name, without reading them. */
export async function stampFiles(
  host: Host,
  folder: string,
  names: readonly string[],
): Promise<Readonly<Record<string, KeptFile>>> {
  const stamps = await fileStamps(host, folder, names);
  return Object.fromEntries(names.map((name) => [name, { sha256: "", stamp: stamps.get(name) ?? "" }]));
}

/**
 * Compares the files with their descriptions. They must belong to this user and be writable by nobody else: a page that
 * another process has mapped changes without changing the stamp. Reading the files takes a second, so they are read
 * only if their stamps differ, as those of a copy do.
 * @returns the problems, a line each, and the files with their current stamps, taken before the files were read. If
 *   there are no problems, these stamps can replace the first ones, so that a copy need not be read again.
 */
export async function checkFiles(
  host: Host,
  folder: string,
  files: Readonly<Record<string, KeptFile>>,
): Promise<{ readonly problems: readonly string[]; readonly files: Readonly<Record<string, KeptFile>> }> {
  const open = await writableByOthers(host, folder, Object.keys(files));
  const stamps = await fileStamps(host, folder, Object.keys(files));
  const doubtful = Object.entries(files).filter(([name, { stamp }]) => stamps.get(name) !== stamp);
  const there = doubtful.filter(([name, { sha256 }]) => stamps.has(name) && sha256 !== "");
  const sums = await checksums(
    host,
    folder,
    there.map(([name]) => name),
  );
  const problems = doubtful.flatMap(([name, { sha256, stamp }]) => {
    const [size, wanted] = [stamps.get(name)?.split(" ")[0], stamp.split(" ")[0]];
    if (size === undefined) {
      return [`${name} is missing`];
    }
    if (size !== wanted) {
      return [`${name} has ${size} bytes instead of ${wanted}`];
    }
    if (sha256 === "") {
      return [`${name} was changed or copied`];
    }
    return sums.get(name) === sha256 ? [] : [`${name} is corrupt: its checksum differs`];
  });
  const now = Object.entries(files).map(
    ([name, { sha256, stamp }]) => [name, { sha256, stamp: stamps.get(name) ?? stamp }] as const,
  );
  return {
    problems: [...open.map((name) => `${name} is writable by others than root`), ...problems],
    files: Object.fromEntries(now),
  };
}

/**
 * Returns the existing files that another user owns or may write to. An earlier version of ikvswitch let the emulators
 * write to memories.
 */
async function writableByOthers(
  host: Host,
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) {
    return [];
  }
  const { stdout: user } = await host.run({ file: "id", args: ["-u"] });
  const criteria = ["(", "!", "-uid", user.trim(), "-o", "-perm", "/022", "-o", "!", "-type", "f", ")"];
  const paths = names.map((name) => `${folder}/${name}`);
  // 1: one of them does not exist.
  const asked = { file: "find", args: [...paths, "-maxdepth", "0", ...criteria] };
  const { stdout } = await host.run(asked, { okExitCodes: [1] });
  return stdout
    .split("\n")
    .filter((path) => path !== "")
    .map((path) => path.slice(folder.length + 1));
}

/** Returns the stamps of the existing files. */
export async function fileStamps(
  host: Host,
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) {
    return new Map();
  }
  // 1: one of them does not exist.
  const asked = { file: "stat", args: ["--format=%s %i %z %n", ...names.map((name) => `${folder}/${name}`)] };
  const { stdout } = await host.run(asked, { okExitCodes: [1] });
  return new Map(
    stdout.split("\n").flatMap((line): [string, string][] => {
      const [, stamp, name] = /^(\d+ \d+ \S+ \S+ \S+) (.*)$/.exec(line) ?? [];
      return stamp === undefined || name === undefined ? [] : [[name.slice(folder.length + 1), stamp]];
    }),
  );
}

/** Returns SHA-256 checksums in hexadecimal. */
export async function checksums(
  host: Host,
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) {
    return new Map();
  }
  const { stdout } = await host.run({
    file: "nice",
    args: ["-n", "19", "sha256sum", ...names.map((name) => `${folder}/${name}`)],
  });
  return new Map(
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => [line.slice(66 + folder.length + 1), line.slice(0, 64)]),
  );
}

/** Returns the disk space of a folder: pages of a memory that are all zeros take none. */
export async function diskMiB(host: Host, folder: string): Promise<number> {
  const { stdout } = await host.run({ file: "du", args: ["-s", "--block-size=1M", folder] });
  return Number.parseInt(stdout, 10);
}
