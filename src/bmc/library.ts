import { PreflightError } from "../errors.ts";
import type { Command, Host } from "../system/host.ts";
import { probe } from "../system/probe.ts";
import { onlyStrongSuite } from "./cipher-suites.ts";
import { type BmcPaths, LIBRARY } from "./paths.ts";

const SIMULATOR = "/usr/bin/ipmi_sim";

/**
 * Puts the library for the simulators into the run directory. Each simulator copies it to its own memory
 * (withLibraryInMemory), since the run directory may be mounted noexec. Returns true if it changed.
 * @throws PreflightError if OpenIPMI is missing, or its library is unknown.
 */
export async function installLibrary(host: Host, paths: BmcPaths): Promise<boolean> {
  const changed = await strongLibrary(host);
  // Replaced in one step, also if an earlier version of ikvswitch put the library itself here.
  await host.run({ file: "ln", args: ["-sfT", COPY, paths.libraryLink] });
  const installed = await host.readBytes(paths.library);
  if (installed !== undefined && Buffer.compare(installed, changed) === 0) {
    return false;
  }
  await host.writeFile(paths.library, changed, 0o644);
  return true;
}

/**
 * Returns the system's library, changed so that its BMCs accept strong sessions only.
 * @throws PreflightError if OpenIPMI is missing or unknown.
 */
export async function strongLibrary(host: Host): Promise<Uint8Array> {
  if ((await host.stat(SIMULATOR)) === undefined) {
    throw unusable(`missing program: ${SIMULATOR}`, "apt install openipmi");
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

/** Descriptor 9 of the process that opens it: libexec/from-memory keeps the copy there. */
const COPY = "/proc/self/fd/9";

/** Returns the simulator's command with the library in its memory. `fromMemory` is our own program of that name. */
export function withLibraryInMemory(command: Command, library: string, fromMemory: string): Command {
  return { ...command, file: "perl", args: [fromMemory, library, command.file, ...command.args] };
}

/** Returns the library's path in the output of ldd(1): `NAME => PATH (0x…)`. */
export function libraryPath(lddOutput: string, name: string): string | undefined {
  const line = lddOutput.split("\n").find((text) => text.trim().startsWith(`${name} => `));
  return line?.trim().split(" ")[2];
}
