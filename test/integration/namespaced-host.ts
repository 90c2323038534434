import type { Command, Host, SpawnedProcess } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";

export interface NamespacedHost {
  /** This machine, but with a network of its own that reaches nothing else. */
  readonly host: Host;
  /** The command that runs a command in there, for what a Host does not do. */
  inside(command: Command): Command;
  /** Remove the network. */
  close(): Promise<void>;
}

/** This machine, inside a new network namespace in which only the loopback is up. */
export async function namespacedHost(): Promise<NamespacedHost> {
  const local = localHost();
  // The namespace lives as long as a process is in it. This one ends with us at the latest.
  const holder = await local.spawn(
    { file: "unshare", args: ["--net", "tail", `--pid=${process.pid}`, "-f", "/dev/null"] },
    "/dev/null",
  );
  await untilApart(local, holder);
  const inside = (command: Command): Command => ({
    ...command,
    file: "nsenter",
    args: [`--net=/proc/${holder.pid}/ns/net`, "--", command.file, ...command.args],
  });
  const host: Host = {
    ...local,
    run: (command, options) => local.run(inside(command), options),
    runInteractive: (command) => local.runInteractive(inside(command)),
    spawn: (command, logPath) => local.spawn(inside(command), logPath),
    readFile: (path) => local.readFile(path.replace(/^\/proc\/net\//, `/proc/${holder.pid}/net/`)),
  };
  await host.run({ file: "ip", args: ["link", "set", "lo", "up"] });
  return {
    host,
    inside,
    close: async () => {
      await local.kill(holder.pid, "SIGKILL");
    },
  };
}

async function untilApart(local: Host, holder: SpawnedProcess): Promise<void> {
  const ours = (await local.run({ file: "readlink", args: ["/proc/self/ns/net"] })).stdout;
  for (let theirs = ours; theirs === ours || theirs === ""; ) {
    const link = await local.run(
      { file: "readlink", args: [`/proc/${holder.pid}/ns/net`] },
      { okExitCodes: [1] },
    );
    theirs = link.stdout;
  }
}
