import type { Command, Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import { createNamespace } from "./namespace.ts";

export interface NamespacedHost {
  /** This machine, but with an isolated network of its own. */
  readonly host: Host;
  /** Returns the command that runs a command in there, for uses that Host does not cover. */
  inside(command: Command): Command;
  /** Removes the network. */
  close(): Promise<void>;
}

/**
 * Makes a Host with this machine's files and processes in a new network namespace, in which only the loopback is up.
 * @param ownRun true for its own /run, mounted noexec, for files and programs alike
 */
export async function namespacedHost(ownRun = false): Promise<NamespacedHost> {
  const namespace = await createNamespace();
  const local = localHost();
  const inside = (command: Command): Command => ({
    ...command,
    file: "nsenter",
    args: [
      ...[
        `--net=/proc/${namespace.pid}/ns/net`,
        ...(ownRun ? [`--mount=/proc/${namespace.pid}/ns/mnt`] : []),
      ],
      ...["--", command.file, ...command.args],
    ],
  });
  const at = (path: string) =>
    ownRun && path.startsWith("/run/")
      ? `/proc/${namespace.pid}/root${path}`
      : path.replace(/^\/proc\/net\//, `/proc/${namespace.pid}/net/`);
  const host: Host = {
    ...local,
    run: (command, options) => local.run(inside(command), options),
    runInteractive: (command) => local.runInteractive(inside(command)),
    startPiped: (command) => local.startPiped(inside(command)),
    spawn: (command, logPath) => local.spawn(inside(command), at(logPath)),
    readFile: (path, options) => local.readFile(at(path), options),
    readBytes: (path, options) => local.readBytes(at(path), options),
    writeFile: (path, content, mode) => local.writeFile(at(path), content, mode),
    remove: (path) => local.remove(at(path)),
    list: (path) => local.list(at(path)),
    makeDirectory: (path, mode) => local.makeDirectory(at(path), mode),
    rename: (from, to) => local.rename(at(from), at(to)),
    stat: (path) => local.stat(at(path)),
  };
  return { host, inside, close: () => namespace.close() };
}
