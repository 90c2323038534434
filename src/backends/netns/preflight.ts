import { type MissingRequirement, PreflightError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import { hasOwnPort } from "../../fabric/uplink.ts";
import type { Uplink } from "../../fabric/uplink-types.ts";
import { hasVlans } from "../../host/vlans.ts";
import type { Host } from "../../system/host.ts";
import { installationFix } from "../../system/installation.ts";
import { describeProbe, probe } from "../../system/probe.ts";

export interface NetnsHost {
  /** True if the kernel supports 802.1Q. */
  readonly vlans: boolean;
}

/**
 * Checks all requirements of switches as namespaces before anything is changed.
 * @throws PreflightError with everything that is missing.
 */
export async function checkNetnsHost(
  host: Host,
  { uplink, networks6, serverAccess }: Pick<Fabric, "uplink" | "networks6" | "serverAccess">,
): Promise<NetnsHost> {
  const [programs, namespaces, vlans] = await Promise.all([
    missing(host, [...PROGRAMS, ...uplinkPrograms(uplink)]),
    namespaceProblem(host),
    hasVlans(host),
  ]);
  const others = await missing(host, [
    ...(vlans ? [KEA] : []),
    ...(vlans && networks6 !== undefined ? [KEA6] : []),
    ...(networks6 !== undefined && serverAccess.sources === "strict" ? [IP6TABLES] : []),
  ]);
  const problems = [...programs, ...others, ...namespaces];
  if (problems.length > 0) {
    throw new PreflightError(problems);
  }
  return { vlans };
}

interface Program {
  readonly path: string;
  readonly package: string;
  readonly why: string;
}

/** Paths in Debian's packages: programs in a netns are not looked up in the user's search path. */
const PROGRAMS: readonly Program[] = [
  ...["zebra", "bgpd", "bfdd", "staticd"].map((name) => ({
    path: `/usr/lib/frr/${name}`,
    package: "frr",
    why: "provides routing in switches",
  })),
  { path: "/usr/bin/vtysh", package: "frr", why: "applies changes in switches" },
  { path: "/usr/bin/perl", package: "perl-base", why: "queries switches" },
  {
    path: "/usr/lib/frr/frr-reload.py",
    package: "frr-pythontools",
    why: "applies a changed configuration to running switches",
  },
  { path: "/usr/sbin/sshd", package: "openssh-server", why: "provides SSH logins to switches" },
  { path: "/usr/sbin/lldpd", package: "lldpd", why: "announces switches to their neighbors" },
  { path: "/usr/bin/cpio", package: "cpio", why: "unpacks configuration files in switches" },
  { path: "/usr/bin/nsenter", package: "util-linux", why: "runs commands in switches" },
  { path: "/usr/bin/ssh-keygen", package: "openssh-client", why: "generates switches' SSH host keys" },
  { path: "/usr/bin/openssl", package: "openssl", why: "hashes the switches' root password" },
  {
    path: "/usr/bin/ping",
    package: "iputils-ping",
    why: "tests that every switch is reachable",
  },
];

const KEA: Program = {
  path: "/usr/sbin/kea-dhcp4",
  package: "kea-dhcp4-server",
  why: "serves DHCP on left leaves",
};

const KEA6: Program = {
  path: "/usr/sbin/kea-dhcp6",
  package: "kea-dhcp6-server",
  why: "serves DHCPv6 on left leaves (HOST_VIRTUAL_SUBNET6)",
};

const IP6TABLES: Program = {
  path: "/usr/sbin/ip6tables-restore",
  package: "iptables",
  why: "filters the sources of servers' IPv6 packets (SERVER_SOURCES)",
};

/** Returns what the internet router runs for its port outside. */
function uplinkPrograms(uplink: Uplink): readonly Program[] {
  if (!hasOwnPort(uplink)) {
    return [];
  }
  const nft = {
    path: "/usr/sbin/nft",
    package: "nftables",
    why: "filters and translates at the port outside",
  };
  const client = { path: "/usr/sbin/dhclient", package: "isc-dhcp-client", why: "UPLINK_ADDRESS=dhcp" };
  return uplink.address === null ? [nft, client] : [nft];
}

/** Returns one item for each package, which may lack several programs. */
async function missing(host: Host, programs: readonly Program[]): Promise<readonly MissingRequirement[]> {
  const found = await Promise.all(programs.map(({ path }) => host.stat(path)));
  const absent = programs.filter((_, index) => found[index] === undefined);
  const packages = [...new Set(absent.map((program) => program.package))];
  return packages.map((debianPackage) => {
    const its = absent.filter((program) => program.package === debianPackage);
    return {
      what: `missing ${its.length === 1 ? "program" : "programs"}: ${its.map(({ path }) => path).join(", ")}`,
      why: [...new Set(its.map(({ why }) => why))].join("; "),
      fix: installationFix(debianPackage, "netns"),
    };
  });
}

async function namespaceProblem(host: Host): Promise<readonly MissingRequirement[]> {
  const args =
    "--user --map-root-user --net --mount --uts --ipc --pid --fork -- mount --no-mtab -t proc proc /proc";
  const result = await probe(host, { file: "unshare", args: args.split(" ") });
  return result.end === "exit" && result.exitCode === 0
    ? []
    : [
        {
          what: `cannot create user and network namespaces: ${describeProbe("unshare", result)}`,
          why: "every switch runs in one",
          fix: "sysctl user.max_user_namespaces=65536; in a container, unmask /proc and /sys",
        },
      ];
}
