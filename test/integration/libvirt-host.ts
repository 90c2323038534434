import { pollUntil } from "../../src/system/poll.ts";
import { patiently } from "../patience.ts";
import type { Namespace, Output, Started } from "./namespace.ts";

/** A libvirtd on a test host, which knows no domains and networks but the test's. */
export interface Libvirt {
  /** Runs virsh with these words; `xml` becomes the file FILE among them. */
  virsh(words: readonly string[], xml?: string): Promise<Output>;
  /** Edits a network as a user does who has this for an editor. */
  editNetwork(name: string, editor: string): Promise<Output>;
  /** Ends all domains and the daemon. */
  close(): Promise<void>;
}

const START_TIMEOUT_MS = patiently(60_000);

/**
 * Without cgroups, security drivers and namespaces of its own for QEMU, which are not needed here and depend on the
 * host. QEMU writes its own log, instead of libvirt's log daemon.
 */
const QEMU_CONF = `
user = "root"
group = "root"
security_driver = "none"
stdio_handler = "file"
cgroup_controllers = []
namespaces = []
remember_owner = 0
`;

const DAEMON_CONF = `
auth_unix_ro = "none"
auth_unix_rw = "none"
`;

/**
 * Starts libvirtd with folders of its own.
 * @throws if it is not installed, with the command that installs it.
 */
export async function startLibvirt(host: Namespace): Promise<Libvirt> {
  await demandPrograms(host);
  await host.shell(
    `
    mkdir -p /var/cache/libvirt
    for folder in /etc/libvirt /var/cache/libvirt /var/log; do mount -t tmpfs libvirt $folder; done
    # Without its default user, libvirtd does not start, whatever qemu.conf says. A package that is not needed makes it.
    for file in passwd group; do
      cp /etc/$file /run/libvirt-$file
      mount --bind /run/libvirt-$file /etc/$file
    done
    getent group libvirt-qemu >/dev/null || echo libvirt-qemu:x:64055: >>/etc/group
    getent passwd libvirt-qemu >/dev/null ||
      echo libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin >>/etc/passwd
    # libvirtd does not start a domain without any cgroups.
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    printf '%s' "$QEMU_CONF" >/etc/libvirt/qemu.conf
    printf '%s' "$DAEMON_CONF" >/etc/libvirt/libvirtd.conf`,
    { env: { QEMU_CONF, DAEMON_CONF } },
  );
  const groups = await machineGroups(host);
  const daemon = host.start("sh", ["-c", "exec libvirtd >/run/libvirtd.log 2>&1"]);
  const run = (words: readonly string[], env: Readonly<Record<string, string>>) =>
    host.shell(
      `
      printf '%s' "$XML" >/run/FILE
      cd /run
      virsh --quiet --connect 'qemu:///system?socket=/run/libvirt/libvirt-sock' ${words.join(" ")}`,
      { env: { XML: "", ...env } },
    );
  const virsh: Libvirt["virsh"] = (words, xml = "") => run(words, { XML: xml });
  try {
    await untilReady(host, virsh);
  } catch (error) {
    await end(daemon);
    throw error;
  }
  return {
    virsh,
    editNetwork: (name, editor) => run(["net-edit", name], { EDITOR: editor }),
    close: async () => {
      const { stdout } = await virsh(["list", "--name"]);
      for (const name of stdout.split("\n").filter((line) => line !== "")) {
        await virsh(["destroy", name]);
      }
      await end(daemon);
      const added = (await machineGroups(host)).filter((folder) => !groups.includes(folder));
      if (added.length > 0) {
        await host.run("rmdir", added);
      }
      await host.shell("umount /var/cache/libvirt; rmdir --ignore-fail-on-non-empty /var/cache/libvirt");
    },
  };
}

async function demandPrograms(host: Namespace): Promise<void> {
  const found = await host.run("sh", ["-c", "command -v libvirtd && command -v virsh"], {
    exitCodes: [0, 1, 127],
  });
  if (found.exitCode !== 0) {
    throw new Error(
      "this test needs libvirtd and virsh: run 'scripts/setup --test', which installs libvirt-daemon and libvirt-clients",
    );
  }
}

async function untilReady(host: Namespace, virsh: Libvirt["virsh"]): Promise<void> {
  await pollUntil({ what: "libvirtd's answer", timeoutMs: START_TIMEOUT_MS, intervalMs: 200 }, async () => {
    try {
      return { done: true, value: await virsh(["version"]) };
    } catch (error) {
      const log = await host.run("cat", ["/run/libvirtd.log"], { exitCodes: [0, 1] });
      return { done: false, seen: `${error}\n${log.stdout}` };
    }
  });
}

/** The cgroups that libvirt makes for domains, which are the machine's; inner ones first. */
async function machineGroups(host: Namespace): Promise<readonly string[]> {
  const { stdout } = await host.run("find", [
    "/sys/fs/cgroup",
    "-depth",
    "-path",
    "*/machine*",
    "-type",
    "d",
  ]);
  return stdout.split("\n").filter((folder) => folder !== "");
}

async function end(daemon: Started): Promise<void> {
  daemon.kill("SIGTERM");
  await daemon.output;
}
