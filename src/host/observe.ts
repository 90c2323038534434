import { CommandError } from "../errors.ts";
import type { Fabric, InterfaceName } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { Command, Host } from "../system/host.ts";
import { cutRedirects } from "./cut-devices.ts";
import { observeFirewall } from "./firewall/observe.ts";
import { observeManagers } from "./managers.ts";
import {
  acceptRaPath,
  disableIpv6Path,
  forwardingPath,
  IP_FORWARD_PATH,
  IPV6_FORWARD_PATH,
} from "./model/kernel-files.ts";
import type {
  ObservedDevice,
  ObservedNetwork,
  ObservedRedirect,
  ObservedRoute,
  ObservedV6,
} from "./model/observed.ts";
import { deviceOwnership, ownComments } from "./model/ownership.ts";
import { observeRedirects } from "./observe-redirects.ts";
import { parseDevices } from "./parse-devices.ts";
import { parseRouteSource, parseRoutes } from "./parse-routes.ts";

/**
 * Reads the state of the kernel's network. One process reads everything that ip can report, since starting a process
 * costs more than reading hundreds of devices; everything else is read at the same time.
 *
 * @throws CommandError when a program fails; with exit code 127 if ip is not installed.
 */
export async function observeNetwork(host: Host, fabric: Fabric): Promise<ObservedNetwork> {
  const [ip, hostForwarding, bridgeForwarding, ipv6, bridgeNetfilter, firewall, wirelessUplink] =
    await Promise.all([
      observeByIp(host, fabric),
      readFlag(host, IP_FORWARD_PATH),
      readFlag(host, forwardingPath(fabric.host.bridge)),
      host.stat("/proc/sys/net/ipv6/conf/all/disable_ipv6"),
      observeBridgeNetfilter(host),
      observeFirewall(host),
      isWireless(host, fabric),
    ]);
  const managers = await observeManagers(host, ownComments(fabric, ip.devices));
  return {
    ...ip,
    ipv6: ipv6 !== undefined,
    forwarding: { host: hostForwarding === true, bridge: bridgeForwarding ?? null },
    bridgeNetfilter,
    firewall,
    wirelessUplink,
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
  readonly redirects: readonly ObservedRedirect[];
  readonly devices: readonly ObservedDevice[];
  readonly routes: readonly ObservedRoute[];
  readonly uplinkAddress: Address | null;
  readonly ipv6Devices: readonly InterfaceName[];
  readonly v6: ObservedV6;
}

async function observeByIp(host: Host, fabric: Fabric): Promise<ObservedByIp> {
  const result = await host.run(observeCommand, { okExitCodes: [1, 2] });
  const [devices, routes, uplink] = result.stdout.split("\n").filter((line) => line !== "");
  if (devices === undefined || routes === undefined) {
    throw new CommandError("ip -batch -", result.exitCode, result.stderr);
  }
  const observed = parseDevices(devices);
  const { routes: ipv4Routes, routes6 } = parseRoutes(routes);
  const isOurs = deviceOwnership(fabric, observed);
  const ours = observed.filter(isOurs).map(({ name }) => name);
  const foreign = observed.filter((device) => !isOurs(device)).map(({ name }) => name);
  const forwarding = (await readFlag(host, IPV6_FORWARD_PATH)) === true;
  const redirecting = new Set(cutRedirects(fabric).map(({ from }) => from));
  const [redirects, ipv6Devices, acceptRa] = await Promise.all([
    observeRedirects(
      host,
      ours.filter((name) => redirecting.has(name)),
    ),
    devicesWith(host, "0", ours, disableIpv6Path),
    // Once the host forwards, or without IPv6 in the fabric, nothing depends on it.
    forwarding || fabric.networks6 === undefined
      ? []
      : devicesWith(
          host,
          "1",
          foreign.filter((name) => name !== "lo"),
          acceptRaPath,
        ),
  ]);
  return {
    devices: observed,
    redirects,
    routes: ipv4Routes,
    uplinkAddress: uplink === undefined ? null : parseRouteSource(uplink),
    ipv6Devices,
    v6: { routes: routes6, forwarding, acceptRa },
  };
}

/**
 * Returns the devices whose setting has this value. Reads all files in one process: hundreds of small files one by one
 * would take several times as long.
 */
async function devicesWith(
  host: Host,
  value: string,
  devices: readonly InterfaceName[],
  pathOf: (device: InterfaceName) => string,
): Promise<readonly InterfaceName[]> {
  if (devices.length === 0) {
    return [];
  }
  // -s and exit code 2: devices that vanished, or a kernel without IPv6. Exit code 1: no device has the value.
  const result = await host.run(
    { file: "grep", args: ["-slx", value, "--", ...devices.map(pathOf)] },
    { okExitCodes: [1, 2] },
  );
  const found = new Set(result.stdout.split("\n"));
  return devices.filter((device) => found.has(pathOf(device)));
}

async function observeBridgeNetfilter(host: Host): Promise<ObservedNetwork["bridgeNetfilter"]> {
  const [ip, ip6] = await Promise.all([
    readFlag(host, "/proc/sys/net/bridge/bridge-nf-call-iptables"),
    readFlag(host, "/proc/sys/net/bridge/bridge-nf-call-ip6tables"),
  ]);
  return { ip: ip === true, ip6: ip6 === true };
}

/** Wireless NICs have one of these; the first is missing with drivers that predate cfg80211. */
async function isWireless(host: Host, { uplink }: Fabric): Promise<boolean> {
  if (uplink.kind !== "macvtap") {
    return false;
  }
  const signs = ["phy80211", "wireless"].map((name) => host.stat(`/sys/class/net/${uplink.device}/${name}`));
  return (await Promise.all(signs)).some((sign) => sign !== undefined);
}

async function readFlag(host: Host, path: string): Promise<boolean | undefined> {
  const text = await host.readFile(path);
  return text === undefined ? undefined : text.trim() !== "0";
}
