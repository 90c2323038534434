import type { Host } from "../../system/host.ts";
import { probe, succeeds } from "../../system/probe.ts";
import {
  type Finding,
  found,
  missing,
  optionalMissing,
  type Requirement,
  untold,
} from "../findings/finding.ts";

interface Driver extends Requirement {
  /** Name of the driver as a module. */
  readonly module: string;
  /** Line for `ip -batch` that creates a device of this kind. */
  readonly line: string;
  readonly optional: boolean;
}

const drivers: readonly Driver[] = [
  {
    name: "bridge driver",
    module: "bridge",
    line: "link add probe0 type bridge",
    optional: false,
    why: "every link of the fabric is a bridge",
    fix: "modprobe bridge, or use a kernel with CONFIG_BRIDGE",
  },
  {
    name: "dummy driver",
    module: "dummy",
    line: "link add probe1 type dummy",
    optional: true,
    why: "the host's end of a link; without it, an ifb or a tap is used instead",
    fix: "use a kernel with CONFIG_DUMMY",
  },
  {
    name: "802.1Q VLANs",
    module: "8021q",
    line: "link add link probe name probe2 type vlan id 2",
    optional: true,
    why: "needed by the netns backend, and by servers that run on the host itself",
    fix: "use a kernel with CONFIG_VLAN_8021Q",
  },
];

/** Checks which kinds of devices this kernel supports. Creates nothing on the host itself, and loads no driver. */
export async function checkDrivers(host: Host): Promise<readonly Finding[]> {
  const known = await Promise.all(drivers.map(({ module }) => isModule(host, module)));
  // A driver that is no loadable module is either built in or missing. Creating a device in a temporary network
  // namespace shows which.
  const unknown = drivers.filter((_, index) => !known[index]);
  const probed = await probeDrivers(host, unknown);
  return drivers.map(({ name, why, fix, module, optional }) => {
    const requirement = { name, why, fix };
    const absent = optional ? optionalMissing : missing;
    if (unknown.every((driver) => driver.module !== module)) {
      return found(requirement, `module ${module}`);
    }
    if (probed === null) {
      return untold(requirement);
    }
    return probed.has(module) ? found(requirement, "built in") : absent(requirement, "not in this kernel");
  });
}

async function isModule(host: Host, module: string): Promise<boolean> {
  if ((await host.stat(`/sys/module/${module}`)) !== undefined) {
    return true;
  }
  return succeeds(host, { file: "modprobe", args: ["--dry-run", "--quiet", module] });
}

/** Returns the modules of those drivers that the kernel has; null if we lack the permission to try. */
async function probeDrivers(host: Host, unknown: readonly Driver[]): Promise<ReadonlySet<string> | null> {
  if (unknown.length === 0) {
    return new Set();
  }
  const input = `${[PARENT, ...unknown.map(({ line }) => line)].join("\n")}\n`;
  const args = ["--net", "--", "ip", "-force", "-batch", "-"];
  const result = await probe(host, { file: "unshare", args, input });
  if (result.end === "not executed") {
    return new Set();
  }
  if (result.end !== "exit" || /^unshare: /m.test(result.stderr)) {
    return null;
  }
  const failed = new Set(
    [...result.stderr.matchAll(/Command failed -:(\d+)/g)].map(([, line]) => Number(line)),
  );
  // The first line creates their parent.
  return new Set(unknown.filter((_, index) => !failed.has(index + 2)).map(({ module }) => module));
}

/** Parent for the VLAN, because no kernel allows VLANs on the loopback device. */
const PARENT = "link add probe type bridge";

/** Reports whether our rules have to take br_netfilter into account. It is not a requirement. */
export async function checkBridgeNetfilter(host: Host): Promise<Finding> {
  const requirement: Requirement = {
    name: "br_netfilter",
    why: "passes bridged frames through the firewall; ikvswitch then adds rules that accept frames of its links",
    fix: "nothing to do",
  };
  const setting = (await host.readFile("/proc/sys/net/bridge/bridge-nf-call-iptables"))?.trim();
  const details: Readonly<Record<string, string>> = {
    "0": "loaded, but disabled",
    "1": "enabled; links are exempted",
  };
  return found(requirement, setting === undefined ? "not loaded" : (details[setting] ?? setting));
}
