import type { Settings } from "../config/settings.ts";
import { logsOf } from "../nodes/log-folder.ts";
import { type DaemonPaths, daemonPaths } from "../system/daemon.ts";

export interface PlugPaths extends DaemonPaths {
  /** A copy of the program: its user may have no access to the place of installation. */
  readonly program: string;
  /** Its list of sockets. */
  readonly list: string;
}

/** Returns the folder of the unix sockets: for an ordinary user's fabric, one that the user has outside, too. */
export function plugFolder({ runDir, enclosure }: Pick<Settings, "runDir" | "enclosure">): string {
  return `${enclosure ?? runDir}/plug`;
}

export function plugPaths(runDir: string): PlugPaths {
  const folder = `${runDir}/plug-sockets`;
  const paths = daemonPaths(folder, logsOf(runDir, "plug-sockets"));
  return { ...paths, program: `${folder}/program`, list: `${folder}/list` };
}
