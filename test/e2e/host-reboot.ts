import type { FabricSite } from "./fabric-site.ts";

/** Removes all that a reboot of the host removes: everything but the state directory. */
export async function rebootHost(site: FabricSite): Promise<void> {
  // Names are split into variables so that pgrep does not match this shell. The first processes of switches that are
  // namespaces end all others in them; those of other hosts have another network namespace.
  await site.host.shell(`
    run=/run/ikv sandbox=ikvswitch-sand
    network=$(stat -Lc %i /proc/self/ns/net)
    for pid in $(pgrep -f "\${sandbox}box $network"); do
      kill -KILL $pid || true
    done
    for pid in $(pgrep -f "\${run}switch/"); do
      [ "$(readlink /proc/$pid/ns/net)" != "net:[$network]" ] || kill -KILL $pid || true
    done
    umount --lazy "\${run}switch/logs"
    rm -r "\${run}switch"
    for device in /sys/class/net/ik* /sys/class/net/bripmi; do
      ip link delete "\${device##*/}" || true
    done
    nft flush ruleset`);
}
