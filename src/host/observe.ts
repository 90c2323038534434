import { CommandError } from "../errors.ts";
import type { Fabric, InterfaceName } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { Command, Host } from "../system/host.ts";
import { observeFirewall } from "./firewall/observe.ts";
import { observeManagers } from "./managers.ts";
import { disableIpv6Path, forwardingPath, IP_FORWARD_PATH } from "./model/kernel-files.ts";
import type { ObservedDevice, ObservedNetwork, ObservedRoute } from "./model/observed.ts";
import { deviceOwnership } from "./model/ownership.ts";
import { parseDevices } from "./parse-devices.ts";
import { parseRouteSource, parseRoutes } from "./parse-routes.ts";

/**
 * Reads the state of the kernel's network. One process reads everything that ip can report, since starting a process
 * costs more than reading hundreds of devices; everything else is read at the same time.
 *
 * @throws CommandError when a program fails; with exit code 127 if ip is not installed.
 */
export async function observeNetwork(host: Host, fabric: Fabric): Promise<ObservedNetwork> {
  const [ip, hostForwarding, bridgeForwarding, ipv6, bridgeNetfilter, firewall, managers] = await Promise.all(
    [
      observeByIp(host, fabric),
      readFlag(host, IP_FORWARD_PATH),
      readFlag(host, forwardingPath(fabric.host.bridge)),
      host.stat("/proc/sys/net/ipv6/conf/all/disable_ipv6"),
      observeBridgeNetfilter(host),
      observeFirewall(host),
      observeManagers(host),
    ],
  );
  return {
    ...ip,
    ipv6: ipv6 !== undefined,
    forwarding: { host: hostForwarding === true, bridge: bridgeForwarding ?? null },
    bridgeNetfilter,
    firewall,
    ...managers,
  };
}

/**
 * Any address beyond the host's uplink would do: no packet is sent to it. The kernel's answer takes policy routing,
 * several uplinks and addresses on the loopback into account; the default route alone does not.
 */
export const ADDRESS_BEYOND_THE_HOST = "1.1.1.1";

/** On a host without a default route the last line fails, so that line has to be the last. */
export const observeCommand: Command = {
  file: "ip",
  args: ["-N", "-j", "-d", "-batch", "-"],
  input: `addr show\nroute show table all\nroute get ${ADDRESS_BEYOND_THE_HOST}\n`,
};

interface ObservedByIp {
  readonly devices: readonly ObservedDevice[];
  readonly routes: readonly ObservedRoute[];
  readonly uplinkAddress: Address | null;
  readonly ipv6Devices: readonly InterfaceName[];
}

async function observeByIp(host: Host, fabric: Fabric): Promise<ObservedByIp> {
  const result = await host.run(observeCommand, { okExitCodes: [1, 2] });
  const [devices, routes, uplink] = result.stdout.split("\n").filter((line) => line !== "");
  if (devices === undefined || routes === undefined) {
    throw new CommandError("ip -batch -", result.exitCode, result.stderr);
  }
  const observed = parseDevices(devices);
  const ours = observed.filter(deviceOwnership(fabric)).map(({ name }) => name);
  return {
    devices: observed,
    routes: parseRoutes(routes),
    uplinkAddress: uplink === undefined ? null : parseRouteSource(uplink),
    ipv6Devices: await devicesWithIpv6(host, ours),
  };
}

/** Reads all files in one process: hundreds of small files one by one would take several times as long. */
async function devicesWithIpv6(
  host: Host,
  devices: readonly InterfaceName[],
): Promise<readonly InterfaceName[]> {
  if (devices.length === 0) {
    return [];
  }
  // -s and exit code 2: devices that vanished, or a kernel without IPv6. Exit code 1: IPv6 is off on all devices.
  const result = await host.run(
    { file: "grep", args: ["-slx", "0", "--", ...devices.map(disableIpv6Path)] },
    { okExitCodes: [1, 2] },
  );
  const found = new Set(result.stdout.split("\n"));
  return devices.filter((device) => found.has(disableIpv6Path(device)));
}

async function observeBridgeNetfilter(host: Host): Promise<ObservedNetwork["bridgeNetfilter"]> {
  const [ip, ip6] = await Promise.all([
    readFlag(host, "/proc/sys/net/bridge/bridge-nf-call-iptables"),
    readFlag(host, "/proc/sys/net/bridge/bridge-nf-call-ip6tables"),
  ]);
  return { ip: ip === true, ip6: ip6 === true };
}

async function readFlag(host: Host, path: string): Promise<boolean | undefined> {
  const text = await host.readFile(path);
  return text === undefined ? undefined : text.trim() !== "0";
}
