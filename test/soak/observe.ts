import { readdir, readFile } from "node:fs/promises";
import type { Namespace } from "../integration/namespace.ts";
import type { Footprint } from "./footprint.ts";
import type { ProcessSample } from "./growth.ts";

/** Commands that list the host's state, without values that always change: indexes, states, counters and times. */
const COMMANDS: Readonly<Record<string, string>> = {
  process: "ps -e -o comm=",
  link: "ip -o link show | cut -d: -f2",
  address: "ip -o -4 address show | awk '{print $2, $4}'",
  route: "ip -4 route show table all",
  policy: "ip rule show; ip -6 rule show",
  rule: "iptables-save | sed -e 's/ *\\[[0-9:]*\\]//' -e '/^#/d'",
  mount: "cut -d' ' -f5 /proc/self/mountinfo",
  namespace: "ls /run/netns 2>/dev/null || true",
  file: "find /run /var/lib ! -type d | sort",
};

/** Returns the present state of a host. Its processes are all of the test runner's process namespace. */
export async function observeFootprint(host: Namespace): Promise<Footprint> {
  const entries = await Promise.all(
    Object.entries(COMMANDS)
      .filter(([topic]) => topic !== "process")
      .map(([topic, command]) => linesOf(host, topic, command)),
  );
  // Run alone, so that the other commands are not listed.
  return Object.fromEntries([...entries, await linesOf(host, "process", COMMANDS.process ?? "")]);
}

async function linesOf(host: Namespace, topic: string, command: string): Promise<[string, string[]]> {
  const { stdout } = await host.shell(command);
  return [topic, stdout.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]))];
}

/** Daemons that run as long as their switch. */
const LONG_LIVED = ["zebra", "bgpd", "staticd", "bfdd", "mgmtd", "lldpd", "sshd", "kea-dhcp4"];

/** Returns the present resources of each of the switches' daemons. */
export async function sampleDaemons(): Promise<readonly ProcessSample[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map(sampleProcess))).filter((sample) => sample !== undefined);
}

async function sampleProcess(pid: string): Promise<ProcessSample | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    if (!LONG_LIVED.includes(name)) {
      return undefined;
    }
    // Field 22 of /proc/PID/stat (proc(5)): the start time.
    const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const [files, rollup] = await Promise.all([
      readdir(`/proc/${pid}/fd`),
      readFile(`/proc/${pid}/smaps_rollup`, "utf8"),
    ]);
    const pssKiB = Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1]);
    return { id: `${pid}@${started}`, name, files: files.length, pssKiB };
  } catch (error) {
    // The process ended meanwhile.
    if (error instanceof Error && "code" in error && ["ENOENT", "ESRCH"].includes(String(error.code))) {
      return undefined;
    }
    throw error;
  }
}
