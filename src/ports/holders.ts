import type { InterfaceName } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { processArguments } from "../system/processes.ts";

/** A process that has a tap open. */
export interface TapHolder {
  readonly tap: InterfaceName;
  readonly pid: number;
  /** `libvirt domain web1`, `qemu-system-x86_64 web1 (pid 4711)`. */
  readonly description: string;
}

/**
 * The kernel names the tap of each open /dev/net/tun in fdinfo. Root sees all processes, other users their own.
 */
const LIST_HOLDERS = `
  for my $fd (glob "/proc/[0-9]*/fd/*") {
    next unless (readlink($fd) // "") eq "/dev/net/tun";
    my ($pid, $number) = $fd =~ m{^/proc/(\\d+)/fd/(\\d+)$};
    open(my $info, "<", "/proc/$pid/fdinfo/$number") or next;
    while (<$info>) { print "$pid $1\\n" if /^iff:\\s+(\\S+)/ }
  }
`;

/** The processes that have taps of this host open, each once for each tap. */
export async function findTapHolders(host: Host): Promise<readonly TapHolder[]> {
  const { stdout } = await host.run({ file: "perl", args: ["-e", LIST_HOLDERS] });
  const found = [...new Set(stdout.split("\n"))].flatMap((line) => {
    const [, pid, tap] = /^(\d+) (\S+)$/.exec(line) ?? [];
    return pid === undefined || tap === undefined ? [] : [{ pid: Number(pid), tap }];
  });
  return Promise.all(
    found.map(async ({ pid, tap }) => ({
      tap,
      pid,
      description: describeProcess(pid, await processArguments(host, pid)),
    })),
  );
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
