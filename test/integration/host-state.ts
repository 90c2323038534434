import type { Namespace } from "./namespace.ts";

/** The whole state of a host's network as text by topic, without values that change by themselves. */
export type HostState = Readonly<Record<string, string>>;

const commands: Readonly<Record<string, string>> = {
  "links and addresses": "ip -N -j -d address show",
  routes: "ip -N route show table all",
  "IPv6 routes": "ip -N -6 route show table all",
  "policy rules": "ip rule show; ip -6 rule show",
  neighbours: "ip neighbour show nud permanent",
  "iptables-save": "iptables-save",
  "ip6tables-save": "ip6tables-save",
  "nft ruleset": "nft list ruleset",
  sysctls: "sysctl -a 2>/dev/null | grep ^net",
  // The legacy iptables never removes its lock.
  files: "find /run /var/lib -type f -o -type l -o -type s | grep -vxF /run/xtables.lock | sort",
};

/** Runs one shell for everything, since starting processes takes most of the time. */
export async function captureState(namespace: Namespace): Promise<HostState> {
  const script = Object.values(commands).map((command) => `${command}\nprintf '\\0'`);
  const outputs = (await namespace.shell(script.join("\n"))).stdout.split("\0");
  return Object.fromEntries(
    Object.keys(commands).map((topic, index) => {
      const output = outputs[index] ?? "";
      return [
        topic,
        topic === "links and addresses" ? steadyDevices(output) : steadyText(withoutEmptyTables(output)),
      ];
    }),
  );
}

/** The groups of ikvswitch's devices: links, and bridges with an address of the host. */
export const OUR_GROUPS: readonly unknown[] = ["26987", "26988"];

/** Returns the devices outside of ikvswitch's groups, to compare foreign devices while a fabric runs. */
export function foreignDevices(state: HostState): readonly Record<string, unknown>[] {
  const devices: readonly Record<string, unknown>[] = JSON.parse(state["links and addresses"] ?? "[]");
  return devices.filter(({ group }) => !OUR_GROUPS.includes(group));
}

/**
 * Removes empty tables. The legacy iptables creates a table when it is first listed, and can't remove it. A table
 * without rules and with accepting policies has no effect. The nft ruleset shows tables of the other iptables.
 */
function withoutEmptyTables(text: string): string {
  return text.replace(/^\*\w+\n(?::[A-Z]+ ACCEPT \[\d+:\d+\]\n)+COMMIT\n/gm, "");
}

/** Removes counters of rules, and comments with the time of day. */
function steadyText(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#") && !isVolatileSysctl(line))
    .map((line) => line.replace(/\[\d+:\d+\]/, "[0:0]").replace(/packets \d+ bytes \d+/, "packets 0 bytes 0"))
    .join("\n");
}

function isVolatileSysctl(line: string): boolean {
  return /^net\.netfilter\.nf_conntrack_count /.test(line);
}

/** Removes timers of bridges and lifetimes of addresses, which change by themselves. */
function steadyDevices(json: string): string {
  return JSON.stringify(
    JSON.parse(json, (key, value) => (/_timer$|_life_time$/.test(key) ? undefined : value)),
    null,
    1,
  );
}
