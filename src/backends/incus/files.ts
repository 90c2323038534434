import type { NodeFile } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";
import { DAEMON_FILES, guestPrograms } from "../model/guest-files.ts";

/** Folder in a container with what its start takes: the archive of its files, and its DHCP leases. */
const START_FOLDER = "/var/lib/ikvswitch";
export const ARCHIVE_PATH = `${START_FOLDER}/node.cpio`;
export const LEASES_PATH = `${START_FOLDER}/leases`;
/** Logs of a container: that before the last one, and the last one. `keep-log` limits them. */
export const LOG_PATHS = ["/var/log/ikvswitch/log.1", "/var/log/ikvswitch/log"];

/** Parts of our guest folder that exist inside a container. Its init is that of namespaces. */
const GUEST_FOLDERS = ["common", "netns", "incus/inside"];

/** Reads the files of a container that are neither in the image nor its node's. @throws Error if one is missing. */
export async function containerFiles(host: Host, guest: string): Promise<readonly NodeFile[]> {
  const programs = await Promise.all(
    GUEST_FOLDERS.map((folder) => guestPrograms(host, `${guest}/${folder}`)),
  );
  return [...programs.flat(), ...DAEMON_FILES];
}
