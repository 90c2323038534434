import { serverFrrConf } from "../../../src/servers/files.ts";
import type { ServerPlan } from "../../../src/servers/plan.ts";
import type { FabricSite } from "../fabric-site.ts";
import type { TestCluster } from "./cluster.ts";

/** Attaches a namespace of a member as a server, by the commands that `plug` prints, and starts its BGP. */
export async function attachServer(
  site: FabricSite,
  cluster: TestCluster,
  member: string,
  plan: ServerPlan,
): Promise<void> {
  const words = ["plug", `${plan.rack}`, `${plan.position}`, "--format", "netns"];
  const attach = (await site.ikvswitch(words)).stdout;
  await cluster.inside(member, `set -e\n${attach}\n${routing(plan)}`);
}

export async function removeServer(cluster: TestCluster, member: string, plan: ServerPlan): Promise<void> {
  const name = nameOf(plan);
  await cluster.inside(member, `ip netns pids ${name} | xargs -r kill -9\nip netns del ${name}`);
}

/** Pings one server from another until it answers, for a minute at most. @param bytes of the packet's payload */
export async function pingServer(
  cluster: TestCluster,
  member: string,
  [from, to]: readonly [ServerPlan, ServerPlan],
  bytes: number,
): Promise<void> {
  const ping = `ping -c 1 -W 1 -M do -s ${bytes} -I ${from.address} ${to.address}`;
  await cluster.inside(
    member,
    `ip netns exec ${nameOf(from)} timeout 60 sh -c 'until ${ping}; do sleep 0.5; done'`,
  );
}

/** As `plug` names the namespace. */
function nameOf({ rack, position }: ServerPlan): string {
  return `server${rack}-${position}`;
}

/** FRR with its own folders (-N), since several servers share the member's file system. */
function routing(plan: ServerPlan): string {
  const name = nameOf(plan);
  const inside = `ip netns exec ${name}`;
  return `
ip -n ${name} address add ${plan.address}/32 dev lo
${inside} sysctl -q -w net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
mkdir -p /etc/frr/${name} /run/frr/${name}
echo "service integrated-vtysh-config" >/etc/frr/${name}/vtysh.conf
cat >/etc/frr/${name}/frr.conf <<'END'
${serverFrrConf(plan, null)}END
chown -R frr:frr /etc/frr/${name} /run/frr
for daemon in mgmtd zebra bgpd; do
  ${inside} /usr/lib/frr/$daemon -d -N ${name} </dev/null >/dev/null 2>&1
done
${inside} vtysh -N ${name} -b`;
}
