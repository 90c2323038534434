import { PreflightError } from "../errors.ts";
import type { Command, Host } from "../system/host.ts";
import { onlyStrongSuite } from "./cipher-suites.ts";
import { type BmcPaths, LIBRARY } from "./paths.ts";

const SIMULATOR = "/usr/bin/ipmi_sim";

/**
 * Put the library that the simulators use into the run directory, from where each takes a copy to its own memory
 * (withLibraryInMemory): the run directory may be mounted noexec. True when it changed.
 * @throws PreflightError where there is no OpenIPMI, or one whose library is not as known.
 */
export async function installLibrary(host: Host, paths: BmcPaths): Promise<boolean> {
  const original = await findLibrary(host, LIBRARY);
  const changed = original === undefined ? undefined : onlyStrongSuite(original.content);
  if (changed === undefined) {
    throw new PreflightError([
      original === undefined
        ? {
            what: `no ${SIMULATOR}`,
            why: "it is every switch's management controller (BMC)",
            fix: "apt install openipmi",
          }
        : {
            what: `${original.path} is not as known`,
            why: "its BMCs would accept sessions without a password, and it was not found how to forbid that",
            fix: "install Debian's openipmi",
          },
    ]);
  }
  // Replaced in one step, and also where an earlier version of us kept the library itself.
  await host.run({ file: "ln", args: ["-sfT", COPY, paths.libraryLink] });
  const installed = await host.readBytes(paths.library);
  if (installed !== undefined && Buffer.compare(installed, changed) === 0) {
    return false;
  }
  await host.writeFile(paths.library, changed, 0o644);
  return true;
}

/** Descriptor 9 of whoever opens it: libexec/from-memory has the copy there. */
const COPY = "/proc/self/fd/9";

/** The simulator's command with the library in its memory. `fromMemory` is our own program of that name. */
export function withLibraryInMemory(command: Command, library: string, fromMemory: string): Command {
  return { ...command, file: "perl", args: [fromMemory, library, command.file, ...command.args] };
}

async function findLibrary(
  host: Host,
  name: string,
): Promise<{ readonly path: string; readonly content: Uint8Array } | undefined> {
  if ((await host.stat(SIMULATOR)) === undefined) {
    return undefined;
  }
  const { stdout } = await host.run({ file: "ldd", args: [SIMULATOR] });
  const path = libraryPath(stdout, name);
  const content = path === undefined ? undefined : await host.readBytes(path);
  return path === undefined || content === undefined ? undefined : { path, content };
}

/** The library's path in what ldd(1) prints: `NAME => PATH (0x…)`. */
export function libraryPath(lddOutput: string, name: string): string | undefined {
  const line = lddOutput.split("\n").find((text) => text.trim().startsWith(`${name} => `));
  return line?.trim().split(" ")[2];
}
