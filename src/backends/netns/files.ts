import { createHash } from "node:crypto";
import type { CpioEntry } from "../../image/cpio.ts";
import type { NodeFile } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";

/** What a sandbox has besides its node's files: its own programs, and what of the host's /etc it can't be without. */
export interface SandboxFiles {
  readonly files: readonly NodeFile[];
  /** Programs of the host's that are open to its own users only. */
  readonly binaries: readonly CpioEntry[];
  /** Digest of the programs: others take a new sandbox. */
  readonly program: string;
}

export interface ProgramFolders {
  /** Our own `libexec/sandbox`. */
  readonly library: string;
  /** The files of the machines' image, some of which sandboxes share. */
  readonly guest: string;
}

/** Folder of our own programs in a sandbox. */
export const SANDBOX_LIBRARY = "/opt/ikvswitch";

/** The same in the machines' image, and what of it sandboxes use as it is. */
const GUEST_LIBRARY = "rootfs/usr/lib/ikvswitch";
const SHARED = ["split-frr.awk", "Frr.pm", "ask-frr", "SetUp.pm", "set-up"];

export async function sandboxFiles(host: Host, { library, guest }: ProgramFolders): Promise<SandboxFiles> {
  const own = (path: string) => readOwn(host, path);
  const [init, confine, enter, launch, stages, here, apply, passwd, group] = await Promise.all([
    own(`${library}/init`),
    own(`${library}/confine`),
    own(`${library}/enter`),
    own(`${library}/launch`),
    own(`${guest}/${GUEST_LIBRARY}/stages`),
    own(`${library}/stages-here`),
    own(`${guest}/rootfs/usr/sbin/ikv-apply`),
    own("/etc/passwd"),
    own("/etc/group"),
  ]);
  const shared = await Promise.all(
    SHARED.map(async (name) =>
      file(`${SANDBOX_LIBRARY}/${name}`, await own(`${guest}/${GUEST_LIBRARY}/${name}`), 0o755),
    ),
  );
  const lldpcli = await host.readBytes("/usr/sbin/lldpcli");
  const programs = [
    file(`${SANDBOX_LIBRARY}/init`, init),
    file(`${SANDBOX_LIBRARY}/confine`, confine, 0o755),
    file(`${SANDBOX_LIBRARY}/stages`, `${stages}${here}`),
    file(`${SANDBOX_LIBRARY}/ikv-apply`, apply),
    ...shared,
  ];
  const program = createHash("sha256")
    .update([enter, launch, ...programs.map(({ content }) => content), FRR_DAEMONS].join("\0"))
    .digest("hex");
  return {
    files: [...programs, ...systemFiles(passwd, group)],
    binaries:
      lldpcli === undefined
        ? []
        : [{ path: `${SANDBOX_LIBRARY.slice(1)}/lldpcli`, mode: 0o755, content: lldpcli }],
    program,
  };
}

async function readOwn(host: Host, path: string): Promise<string> {
  const text = await host.readFile(path);
  if (text === undefined) {
    throw new Error(`${path} is missing: ikvswitch is not installed completely`);
  }
  return text;
}

function systemFiles(passwd: string, group: string): readonly NodeFile[] {
  return [
    file("/etc/passwd", linesOf(passwd, USERS)),
    file("/etc/group", linesOf(group, [...USERS, ...GROUPS])),
    file("/etc/shadow", "root:*:19000:0:99999:7:::\n", 0o600),
    file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"),
    file("/etc/frr/daemons", FRR_DAEMONS),
    file("/etc/frr/vtysh.conf", "service integrated-vtysh-config\n"),
    file("/etc/ssh/sshd_config", SSHD_CONFIG),
    file("/etc/pam.d/frr", "auth sufficient pam_permit.so\naccount sufficient pam_permit.so\n"),
    file("/etc/pam.d/other", "auth required pam_deny.so\naccount required pam_deny.so\n"),
  ];
}

/** Users and groups of the programs that run in a switch, with the numbers that the host's packages gave them. */
const USERS = ["root", "nobody", "frr", "sshd", "_lldpd", "_kea", "tcpdump"];
const GROUPS = ["frrvty", "nogroup", "tty", "adm", "shadow"];

function linesOf(text: string, names: readonly string[]): string {
  return text
    .split("\n")
    .filter((line) => names.includes(line.split(":")[0] ?? ""))
    .map((line) => `${line}\n`)
    .join("");
}

/** Logs go to what init has open as 9: the sandbox's log on the host. Nobody listens on TCP. */
const FRR_DAEMONS = `# Read by /opt/ikvswitch/stages.
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

function file(path: string, content: string, mode = 0o644): NodeFile {
  return { path, mode, content };
}
