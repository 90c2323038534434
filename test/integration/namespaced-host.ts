import type { Command, Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import { createNamespace } from "./namespace.ts";

export interface NamespacedHost {
  /** This machine, but with a network of its own that reaches nothing else. */
  readonly host: Host;
  /** The command that runs a command in there, for what a Host does not do. */
  inside(command: Command): Command;
  /** Remove the network. */
  close(): Promise<void>;
}

/** This machine's files and processes, inside a new network namespace in which only the loopback is up. */
export async function namespacedHost(): Promise<NamespacedHost> {
  const namespace = await createNamespace();
  const local = localHost();
  const inside = (command: Command): Command => ({
    ...command,
    file: "nsenter",
    args: [`--net=/proc/${namespace.pid}/ns/net`, "--", command.file, ...command.args],
  });
  const host: Host = {
    ...local,
    run: (command, options) => local.run(inside(command), options),
    runInteractive: (command) => local.runInteractive(inside(command)),
    spawn: (command, logPath) => local.spawn(inside(command), logPath),
    readFile: (path) => local.readFile(path.replace(/^\/proc\/net\//, `/proc/${namespace.pid}/net/`)),
  };
  return { host, inside, close: () => namespace.close() };
}
