import { PreflightError } from "../errors.ts";
import type { Command, Host } from "../system/host.ts";
import { probe } from "../system/probe.ts";
import { onlyStrongSuite } from "./cipher-suites.ts";
import { type BmcPaths, LIBRARY } from "./paths.ts";

const SIMULATOR = "/usr/bin/ipmi_sim";

/**
 * Put the library that the simulators use into the run directory, from where each takes a copy to its own memory
 * (withLibraryInMemory): the run directory may be mounted noexec. True when it changed.
 * @throws PreflightError where there is no OpenIPMI, or one whose library is not as known.
 */
export async function installLibrary(host: Host, paths: BmcPaths): Promise<boolean> {
  const changed = await strongLibrary(host);
  // Replaced in one step, and also where an earlier version of us kept the library itself.
  await host.run({ file: "ln", args: ["-sfT", COPY, paths.libraryLink] });
  const installed = await host.readBytes(paths.library);
  if (installed !== undefined && Buffer.compare(installed, changed) === 0) {
    return false;
  }
  await host.writeFile(paths.library, changed, 0o644);
  return true;
}

/**
 * The system's library, changed so that its BMCs accept strong sessions only.
 * @throws PreflightError where there is no OpenIPMI, or one that is not as known.
 */
export async function strongLibrary(host: Host): Promise<Uint8Array> {
  if ((await host.stat(SIMULATOR)) === undefined) {
    throw unusable(`no ${SIMULATOR}`, "apt install openipmi");
  }
  const listed = await probe(host, { file: "ldd", args: [SIMULATOR] });
  const path = listed.end === "exit" ? libraryPath(listed.stdout, LIBRARY) : undefined;
  const original = path === undefined ? undefined : await host.readBytes(path);
  if (path === undefined || original === undefined) {
    throw unusable(`${SIMULATOR} cannot find ${LIBRARY}`, "apt install --reinstall openipmi");
  }
  const changed = onlyStrongSuite(original);
  if (changed === undefined) {
    throw unusable(
      `unknown version of ${path}: its BMCs would accept sessions without a password`,
      "install Debian's openipmi",
    );
  }
  return changed;
}

function unusable(what: string, fix: string): PreflightError {
  return new PreflightError([
    { what, why: "every switch's management controller (BMC) is OpenIPMI's simulator", fix },
  ]);
}

/** Descriptor 9 of whoever opens it: libexec/from-memory has the copy there. */
const COPY = "/proc/self/fd/9";

/** The simulator's command with the library in its memory. `fromMemory` is our own program of that name. */
export function withLibraryInMemory(command: Command, library: string, fromMemory: string): Command {
  return { ...command, file: "perl", args: [fromMemory, library, command.file, ...command.args] };
}

/** The library's path in what ldd(1) prints: `NAME => PATH (0x…)`. */
export function libraryPath(lddOutput: string, name: string): string | undefined {
  const line = lddOutput.split("\n").find((text) => text.trim().startsWith(`${name} => `));
  return line?.trim().split(" ")[2];
}
