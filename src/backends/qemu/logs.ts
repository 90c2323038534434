import type { EmulatorUser } from "../../system/confine.ts";
import type { Command, Host } from "../../system/host.ts";
import { unlessMissing } from "../../system/unless-missing.ts";
import type { NodeFolder } from "./node-folder.ts";

/** Makes missing log folders and files for these VMs' QEMUs: QEMU, BMCs and root append to them. */
export async function makeLogFolders(
  host: Host,
  user: EmulatorUser,
  nodes: readonly NodeFolder[],
): Promise<void> {
  const found = await Promise.all(nodes.map((folder) => host.stat(folder.qemuLog)));
  const missing = nodes.filter((_, index) => found[index] === undefined);
  if (missing.length === 0) {
    return;
  }
  const folders = missing.map((folder) => folder.logs);
  await host.run({
    file: "install",
    args: ["-d", "-m", "0750", "-o", "0", "-g", String(user.gid), ...folders],
  });
  await makeUsersFiles(
    host,
    user,
    missing.map((folder) => folder.qemuLog),
  );
}

/**
 * Makes empty files for the console and for QEMU's output of VMs that are about to start. Console output of an earlier
 * run must not be mistaken for that of this one.
 */
export async function emptyLogs(host: Host, user: EmulatorUser, nodes: readonly NodeFolder[]): Promise<void> {
  await Promise.all(nodes.map((folder) => keepEarlierConsole(host, folder)));
  await makeUsersFiles(
    host,
    user,
    nodes.flatMap((folder) => [folder.qemuLog, folder.console]),
  );
  await Promise.all(nodes.map((folder) => host.run(link(folder.console, folder.consoleLink))));
}

/** Keeps the earlier console log. Removes whatever the emulator's user put in place of the link, even a folder. */
async function keepEarlierConsole(
  host: Host,
  { console, consoleLink, earlierConsole }: NodeFolder,
): Promise<void> {
  await host.remove(consoleLink);
  await host.remove(earlierConsole);
  await unlessMissing(host.rename(console, earlierConsole));
}

async function makeUsersFiles(host: Host, user: EmulatorUser, files: readonly string[]): Promise<void> {
  await Promise.all(files.map((file) => host.writeFile(file, "", 0o640)));
  await host.run({ file: "chown", args: [`${user.uid}:${user.gid}`, ...files] });
}

function link(to: string, path: string): Command {
  return { file: "ln", args: ["-s", "-T", to, path] };
}
