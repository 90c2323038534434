import type { FabricSite } from "../fabric-site.ts";

/** Removes all that a reboot of the host removes: everything but the state directory. */
export async function rebootHost(site: FabricSite): Promise<void> {
  // The path is split into a variable so that pgrep does not match this shell.
  await site.host.shell(`
    run=/run/ikv
    for pid in $(pgrep -f "\${run}switch/"); do
      [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ] || kill -KILL $pid || true
    done
    umount --lazy "\${run}switch/logs"
    rm -r "\${run}switch"
    for device in /sys/class/net/ik* /sys/class/net/bripmi; do
      ip link delete "\${device##*/}" || true
    done
    nft flush ruleset`);
}
