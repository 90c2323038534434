import { type CpioEntry, writeCpio } from "../../image/cpio.ts";
import type { NodeFile } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";
import { listFiles } from "../../system/list-files.ts";

/** Folder of our own programs inside a switch without an image of ours. */
export const PROGRAM_FOLDER = "/opt/ikvswitch";

/** Reads our own programs in a folder, as files of a switch. @throws Error if one is missing. */
export async function guestPrograms(host: Host, folder: string): Promise<readonly NodeFile[]> {
  const paths = await listFiles(host, folder);
  return Promise.all(paths.map(async (path) => programFile(path, await readOwn(host, `${folder}/${path}`))));
}

export function programFile(path: string, content: string): NodeFile {
  return textFile(`${PROGRAM_FOLDER}/${path}`, content, content.startsWith("#!") ? 0o755 : 0o644);
}

/** @throws Error if this file of ours is missing. */
export async function readOwn(host: Host, path: string): Promise<string> {
  const text = await host.readFile(path);
  if (text === undefined) {
    throw new Error(`${path} is missing; the installation of ikvswitch is incomplete`);
  }
  return text;
}

export function textFile(path: string, content: string, mode = 0o644): NodeFile {
  return { path, mode, content };
}

/** Logs go to descriptor 9 of init: the netns's log on the host. `-P 0`: no daemon opens a terminal (vty) on TCP. */
export const FRR_DAEMONS = `# Read by /opt/ikvswitch/functions.sh.
bgpd=yes
bfdd=yes
zebra_options="-P 0 -s 90000000"
bgpd_options="-P 0"
mgmtd_options="-P 0"
staticd_options="-P 0"
bfdd_options="-P 0"
frr_profile="datacenter"
frr_global_options="--log file:/proc/self/fd/9 --log-level informational"
`;

const SSHD_CONFIG = `Include /etc/ssh/sshd_config.d/*.conf
UsePAM no
PrintMotd yes
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
`;

/** The daemons' settings that are the same in all switches. */
export const DAEMON_FILES: readonly NodeFile[] = [
  textFile("/etc/frr/daemons", FRR_DAEMONS),
  textFile("/etc/frr/vtysh.conf", "service integrated-vtysh-config\n"),
  textFile("/etc/ssh/sshd_config", SSHD_CONFIG),
];

/**
 * Returns an archive that includes a list of its files, with which a running switch finds the files that were removed
 * since the last one.
 */
export function archiveOf(files: readonly NodeFile[], binaries: readonly CpioEntry[] = []): Uint8Array {
  const list = "/etc/ikvswitch/files";
  const content = [...files.map(({ path }) => path), list]
    .sort()
    .map((path) => `${path}\n`)
    .join("");
  const entries = [...files, { path: list, mode: 0o644, content }].map((file) => ({
    ...file,
    path: file.path.slice(1),
  }));
  return writeCpio([...entries, ...binaries]);
}
