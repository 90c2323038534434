import type { InterfaceName } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { processArguments } from "../system/processes.ts";
import { findSocketPeers, type SocketPeer } from "../system/socket-peers.ts";

/** A process that is attached to a tap or a macvtap: it has it open, or is the client of a socket for it. */
export interface TapHolder {
  readonly tap: InterfaceName;
  readonly pid: number;
  /** `libvirt domain web1`, `qemu-system-x86_64 web1 (pid 4711)`; with `by TCP socket` or `by unix socket`. */
  readonly description: string;
}

/**
 * The kernel names the tap of each open /dev/net/tun in fdinfo, and the macvtap of each /dev/tapN in /sys. Root sees all
 * processes, other users their own.
 */
const LIST_HOLDERS = `
  my %macvtaps = map { m{/net/([^/]+)/macvtap/(tap\\d+)$} ? ("/dev/$2" => $1) : () } glob "/sys/class/net/*/macvtap/tap*";
  for my $fd (glob "/proc/[0-9]*/fd/*") {
    my $target = readlink($fd) // "";
    my ($pid, $number) = $fd =~ m{^/proc/(\\d+)/fd/(\\d+)$};
    print "$pid $macvtaps{$target}\\n" if exists $macvtaps{$target};
    next unless $target eq "/dev/net/tun";
    open(my $info, "<", "/proc/$pid/fdinfo/$number") or next;
    while (<$info>) { print "$pid $1\\n" if /^iff:\\s+(\\S+)/ }
  }
`;

/** Finds the processes that are attached to taps and macvtaps of this host, each once for each of them. */
export async function findTapHolders(host: Host): Promise<readonly TapHolder[]> {
  const { stdout } = await host.run({ file: "perl", args: ["-e", LIST_HOLDERS] });
  const found = [...new Set(stdout.split("\n"))].flatMap((line) => {
    const [, pid, tap] = /^(\d+) (\S+)$/.exec(line) ?? [];
    return pid === undefined || tap === undefined ? [] : [{ pid: Number(pid), tap }];
  });
  const holders = await Promise.all(
    found.map(async ({ pid, tap }) => ({ tap, pid, args: await processArguments(host, pid) })),
  );
  const servers = holders.filter(({ args }) => isPlugProgram(args)).map(({ pid }) => pid);
  const peers = servers.length === 0 ? new Map() : await findSocketPeers(host, servers);
  return (
    await Promise.all(
      holders.map(({ tap, pid, args }) =>
        isPlugProgram(args)
          ? describeClients(host, { tap, pid, peers: peers.get(pid) ?? [] })
          : [{ tap, pid, description: describeProcess(pid, args) }],
      ),
    )
  ).flat();
}

/** The program that serves sockets for VMs: see src/plugs. */
function isPlugProgram(args: readonly string[]): boolean {
  return args.some((word) => word.endsWith("/plug-sockets/program"));
}

async function describeClients(
  host: Host,
  {
    tap,
    pid,
    peers,
  }: { readonly tap: InterfaceName; readonly pid: number; readonly peers: readonly SocketPeer[] },
): Promise<readonly TapHolder[]> {
  const connected = await Promise.all(
    peers.map(async (peer) => ({ ...peer, args: await processArguments(host, peer.pid) })),
  );
  // The program has several processes, which are connected to each other.
  const clients = connected.filter(({ args }) => !isPlugProgram(args));
  if (clients.length === 0) {
    return [{ tap, pid, description: "a client by socket" }];
  }
  return clients.map((client) => {
    const socket = client.protocol === "tcp" ? "TCP socket" : "unix socket";
    return { tap, pid: client.pid, description: `${describeProcess(client.pid, client.args)} by ${socket}` };
  });
}

/** QEMU's `-name` is `NAME` or `guest=NAME`, with further settings behind commas. */
export function describeProcess(pid: number, args: readonly string[]): string {
  const [program = ""] = args;
  const option = args[args.indexOf("-name") + 1];
  const name =
    args.includes("-name") && option !== undefined ? option.split(",")[0]?.replace(/^guest=/, "") : undefined;
  if (name !== undefined && args.some((word) => word.includes("/libvirt/qemu/"))) {
    return `libvirt domain ${name}`;
  }
  const file = program.slice(program.lastIndexOf("/") + 1);
  return [file, name, `(pid ${pid})`].filter((word) => word !== undefined && word !== "").join(" ");
}
