import { FileError } from "../../errors.ts";
import type { Command, FileReadOptions, FileStatus, Host } from "../host.ts";

type FileCalls = Pick<
  Host,
  | "readFile"
  | "readBytes"
  | "writeFile"
  | "writeKernelFile"
  | "remove"
  | "list"
  | "makeDirectory"
  | "rename"
  | "stat"
>;

/** Limit on a file that is read, as on this host. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Exit codes of the programs below. */
const MISSING = 44;
const NOT_REGULAR = 45;

/** Returns the calls about files of another host. @param run runs a program there. */
export function remoteFiles(run: Host["run"]): FileCalls {
  return {
    readFile: async (path, options) => (await readBytes(run, path, options))?.toString("utf8"),
    readBytes: (path, options) => readBytes(run, path, options),
    writeFile: async (path, content, mode = 0o644) => {
      await run({ ...shell(WRITE, path, mode.toString(8)), input: content });
    },
    writeKernelFile: async (path, content) => {
      await run({ ...shell('exec cat >>"$1"', path), input: content });
    },
    remove: async (path) => {
      await run({ file: "rm", args: ["-rf", "--", path] });
    },
    list: async (path) => {
      const { stdout } = await run(shell(LIST, path), { okExitCodes: [MISSING] });
      return stdout
        .split("\0")
        .filter((name) => name !== "")
        .sort();
    },
    makeDirectory: async (path, mode) => {
      await run({ file: "mkdir", args: ["-p", "--", path] });
      if (mode !== undefined) {
        await run({ file: "chmod", args: [mode.toString(8), "--", path] });
      }
    },
    rename: async (from, to) => {
      await run({ file: "mv", args: ["-fT", "--", from, to] });
    },
    stat: (path) => statOf(run, path),
  };
}

/** Each program gets its path as $1. */
function shell(program: string, ...words: readonly string[]): Command {
  return { file: "sh", args: ["-ec", program, "sh", ...words] };
}

/** Readers see the old file or the new one. */
const WRITE = `
mkdir -p -- "$(dirname -- "$1")"
new=$(mktemp -- "$1.XXXXXX")
trap 'rm -f -- "$new"' EXIT
cat >"$new"
chmod "$2" -- "$new"
mv -fT -- "$new" "$1"`;

const LIST = `
[ -d "$1" ] || exit ${MISSING}
exec find "$1" -mindepth 1 -maxdepth 1 -printf '%f\\0'`;

const READ = `
[ -e "$1" ] || exit ${MISSING}
[ -f "$1" ] || exit ${NOT_REGULAR}
[ "$2" = follow ] || ! [ -L "$1" ] || exit ${NOT_REGULAR}
if [ -n "$3" ]; then tail -c "$3" -- "$1" | base64 -w 0; else exec base64 -w 0 -- "$1"; fi`;

async function readBytes(
  run: Host["run"],
  path: string,
  { maxBytes = MAX_BYTES, followLinks = true, lastBytes }: FileReadOptions = {},
): Promise<Buffer | undefined> {
  const words = [followLinks ? "follow" : "", lastBytes === undefined ? "" : String(lastBytes)];
  const { exitCode, stdout } = await run(shell(READ, path, ...words), {
    okExitCodes: [MISSING, NOT_REGULAR],
    maxOutputBytes: Math.ceil((lastBytes ?? maxBytes) / 3) * 4,
  });
  if (exitCode === NOT_REGULAR) {
    throw new FileError(path, "not a regular file");
  }
  return exitCode === MISSING ? undefined : Buffer.from(stdout, "base64");
}

async function statOf(run: Host["run"], path: string): Promise<FileStatus | undefined> {
  const program = `[ -e "$1" ] || exit ${MISSING}\nexec stat -L -c '%s %Y %g %F' -- "$1"`;
  const { exitCode, stdout } = await run(shell(program, path), { okExitCodes: [MISSING] });
  const [size, modified, gid, ...kind] = stdout.trim().split(" ");
  return exitCode === MISSING
    ? undefined
    : {
        sizeBytes: Number(size),
        modifiedMs: Number(modified) * 1000,
        isFolder: kind.join(" ") === "directory",
        gid: Number(gid),
      };
}
