import { createHash } from "node:crypto";
import type { CpioEntry } from "../../image/cpio.ts";
import type { NodeFile } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";
import {
  DAEMON_FILES,
  FRR_DAEMONS,
  guestPrograms,
  PROGRAM_FOLDER,
  programFile,
  readOwn,
  textFile,
} from "../model/guest-files.ts";
import { LLDPCLI, readIfAllowed } from "./lldpcli.ts";

/** The files of a namespace besides its node's files: our own programs, and the required parts of the host's /etc. */
export interface NetnsFiles {
  readonly files: readonly NodeFile[];
  /** Programs that only users and groups of the host may run, so that the switch needs a copy. */
  readonly binaries: readonly CpioEntry[];
  /** Digest of the programs: a switch that runs others must be restarted. */
  readonly program: string;
}

export interface ProgramFolders {
  /** Our own `libexec/sandbox`: programs that the host starts. */
  readonly library: string;
  /** Our own `guest`: programs that run inside switches. */
  readonly guest: string;
}

/** Parts of our guest folder that exist inside a netns: guest/qemu is only for virtual machines. */
const GUEST_FOLDERS = ["common", "netns"];

/**
 * Reads our own programs and the host's current ones.
 * @throws Error if one of our own is missing.
 */
export async function netnsFiles(host: Host, { library, guest }: ProgramFolders): Promise<NetnsFiles> {
  const [enter, launch, confine, passwd, group] = await Promise.all([
    readOwn(host, `${library}/enter`),
    readOwn(host, `${library}/launch`),
    readOwn(host, `${library}/confine`),
    readOwn(host, "/etc/passwd"),
    readOwn(host, "/etc/group"),
  ]);
  const inside = await Promise.all(GUEST_FOLDERS.map((folder) => guestPrograms(host, `${guest}/${folder}`)));
  const programs = [...inside.flat(), programFile("confine", confine)];
  const lldpcli = await readIfAllowed(host, LLDPCLI);
  const program = createHash("sha256")
    .update(
      [enter, launch, ...programs.flatMap(({ path, content }) => [path, content]), FRR_DAEMONS].join("\0"),
    )
    .digest("hex");
  return {
    files: [...programs, ...systemFiles(passwd, group)],
    binaries:
      lldpcli === undefined
        ? []
        : [{ path: `${PROGRAM_FOLDER.slice(1)}/lldpcli`, mode: 0o755, content: lldpcli }],
    program,
  };
}

function systemFiles(passwd: string, group: string): readonly NodeFile[] {
  return [
    textFile("/etc/passwd", linesOf(passwd, USERS)),
    textFile("/etc/group", linesOf(group, [...USERS, ...GROUPS])),
    textFile("/etc/shadow", "root:*:19000:0:99999:7:::\n", 0o600),
    textFile("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"),
    ...DAEMON_FILES,
    textFile("/etc/pam.d/frr", "auth sufficient pam_permit.so\naccount sufficient pam_permit.so\n"),
    textFile("/etc/pam.d/other", "auth required pam_deny.so\naccount required pam_deny.so\n"),
  ];
}

/** Users and groups of the programs that run in a switch, with the IDs that the host's packages gave them. */
const USERS = ["root", "nobody", "frr", "sshd", "_lldpd", "_kea", "tcpdump"];
const GROUPS = ["frrvty", "nogroup", "tty", "adm", "shadow"];

function linesOf(text: string, names: readonly string[]): string {
  return text
    .split("\n")
    .filter((line) => names.includes(line.split(":")[0] ?? ""))
    .map((line) => `${line}\n`)
    .join("");
}
