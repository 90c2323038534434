import type { Fabric } from "../../../src/fabric/types.ts";
import { planServers, type ServerPlan } from "../../../src/servers/plan.ts";
import { type Server, startServer } from "../../../src/servers/server.ts";
import type { Host } from "../../../src/system/host.ts";
import { localHost } from "../../../src/system/local-host.ts";
import type { NetnsSite } from "../netns-site.ts";

/** A server in a rack, under full control of a test. */
export interface AttackServer {
  readonly plan: ServerPlan;
  /** The interface of its BGP session with the left leaf. */
  readonly bgpPort: string;
  /** Runs a shell script in it as root; the first failure ends the script. */
  shell(script: string, exitCodes?: readonly number[]): Promise<string>;
  /** Configures its BGP for IPv4. */
  bgp(...lines: readonly string[]): Promise<void>;
  /** The same for IPv6. */
  bgp6(...lines: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts servers in racks 1 and 2, each with FRR and a NIC to each leaf. */
export async function startServers(
  site: NetnsSite,
  fabric: Fabric,
  vlan: number | null,
): Promise<readonly [AttackServer, AttackServer]> {
  const host = insideOf(site);
  const [one, other] = planServers(fabric, () => true);
  const servers = await Promise.all([startServer(host, one, vlan), startServer(host, other, vlan)]);
  // The next start of the host's network removes unplanned devices of ikvswitch's group, so these leave the group.
  for (const { hostEnd } of [...one.nics, ...other.nics]) {
    await site.host.run("ip", ["link", "set", "dev", hostEnd, "group", "default"]);
  }
  return [attackServer(site, servers[0], vlan), attackServer(site, servers[1], vlan)];
}

function attackServer(site: NetnsSite, { plan, pid, stop }: Server, vlan: number | null): AttackServer {
  const enter = ["--target", `${pid}`, "--net", "--mount", "--pid", "--"];
  const shell = async (script: string, exitCodes: readonly number[] = [0]) =>
    (await site.host.run("nsenter", [...enter, "sh", "-ec", script], { exitCodes })).stdout;
  const configure = async (family: "ipv4" | "ipv6", lines: readonly string[]) => {
    const commands = ["configure terminal", `router bgp ${plan.asn}`, "no bgp network import-check"];
    const all = [...commands, `address-family ${family} unicast`, ...lines];
    await shell(`vtysh ${all.map((line) => `-c '${line}'`).join(" ")}`);
  };
  return {
    plan,
    stop,
    shell,
    bgpPort: vlan === null ? "eth0" : `eth0.${vlan}`,
    bgp: (...lines) => configure("ipv4", lines),
    bgp6: (...lines) => configure("ipv6", lines),
  };
}

/** Runs a command in the server. Returns 0 if it succeeds, else 1. */
export async function exitCode(server: AttackServer, script: string): Promise<number> {
  return Number(await server.shell(`if ${script} >/dev/null 2>&1; then echo 0; else echo 1; fi`));
}

/** Returns the test's host as a Host of the product's code. */
function insideOf({ host }: NetnsSite): Host {
  const local = localHost();
  return {
    ...local,
    run: (command, options) =>
      local.run(
        {
          ...command,
          file: "nsenter",
          args: ["--target", `${host.pid}`, "--net", "--mount", "--", command.file, ...command.args],
        },
        options,
      ),
  };
}
