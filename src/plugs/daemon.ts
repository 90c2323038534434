import type { PlugSocket } from "../fabric/plug-sockets.ts";
import { confined, type EmulatorUser } from "../system/confine.ts";
import type { Daemon } from "../system/daemon.ts";
import { plugPaths } from "./paths.ts";

/** Open files besides the sockets: clients, taps, connections between its processes. */
const OTHER_FILES = 1024;

/**
 * Returns the program that listens, libexec/plug-sockets, as it has to run.
 * @param program its text.
 */
export function plugDaemon(
  plugs: readonly PlugSocket[],
  {
    runDir,
    user,
    program,
  }: { readonly runDir: string; readonly user: EmulatorUser; readonly program: string },
): Daemon {
  const paths = plugPaths(runDir);
  const last = plugs.at(-1);
  const command = confined({ file: "perl", args: [paths.program, paths.list] }, user, { kvm: false });
  const files = 2 * plugs.length + OTHER_FILES;
  return {
    name: "the program of the sockets for VMs",
    paths,
    files: [
      { path: paths.program, content: program, mode: 0o640 },
      { path: paths.list, content: plugs.map(formatPlug).join(""), mode: 0o640 },
    ],
    command: {
      ...command,
      file: "prlimit",
      args: [`--nofile=${files}:${files}`, "--", command.file, ...command.args],
    },
    protocol: "tcp",
    // It opens them in this order.
    listens: last === undefined ? [] : [{ address: "127.0.0.1", port: last.port }],
  };
}

function formatPlug({ name, clients, port, path, taps }: PlugSocket): string {
  return `${name} ${clients} ${port} ${path} ${taps.join(",")}\n`;
}
