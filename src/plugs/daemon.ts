import { withHostPorts } from "../enclosure/host-ports.ts";
import type { PlugSocket } from "../fabric/plug-sockets.ts";
import { confined, type EmulatorUser } from "../system/confine.ts";
import type { Daemon } from "../system/daemon.ts";
import { plugPaths } from "./paths.ts";

/** Open files besides the sockets: clients, taps, connections between its processes. */
const OTHER_FILES = 1024;

interface PlugDaemonOptions {
  readonly runDir: string;
  readonly user: EmulatorUser;
  /** Text of libexec/plug-sockets. */
  readonly program: string;
  /** It runs in an ordinary user's enclosure: its TCP ports are the host's, outside. */
  readonly enclosed: boolean;
}

/** Returns the program that listens, libexec/plug-sockets, as it has to run. */
export function plugDaemon(
  plugs: readonly PlugSocket[],
  { runDir, user, program, enclosed }: PlugDaemonOptions,
): Daemon {
  const paths = plugPaths(runDir);
  const last = plugs.at(-1);
  const confinedCommand = confined({ file: "perl", args: [paths.program, paths.list] }, user, { kvm: false });
  const ports = plugs.map(({ port }) => port);
  const command = enclosed ? withHostPorts(confinedCommand, ports) : confinedCommand;
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
    listens: last === undefined || enclosed ? [] : [{ address: "127.0.0.1", port: last.port }],
    ...(enclosed ? { says: "plugs are ready" } : {}),
  };
}

function formatPlug({ name, clients, port, path, taps }: PlugSocket): string {
  return `${name} ${clients} ${port} ${path} ${taps.join(",")}\n`;
}
