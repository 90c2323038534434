import type { Host } from "../../system/host.ts";
import { describeProbe, probe, succeeds } from "../../system/probe.ts";
import { redirectLines } from "../device-commands.ts";
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

const CROSSING = "links between members consist of these";

/** What a member of a cluster needs besides. */
export const memberDrivers: readonly Driver[] = [
  ...drivers,
  {
    name: "veth driver",
    module: "veth",
    line: "link add probe3 type veth peer name probe4",
    optional: false,
    why: `containers have their NICs by it, and ${CROSSING}`,
    fix: "modprobe veth, or use a kernel with CONFIG_VETH",
  },
  {
    name: "VXLAN driver",
    module: "vxlan",
    line: "link add probe5 type vxlan id 2 dstport 4789",
    optional: false,
    why: CROSSING,
    fix: "modprobe vxlan, or use a kernel with CONFIG_VXLAN",
  },
];

/** Checks that the kernel can redirect the frames of a device, as links between members need. */
export async function checkRedirects(host: Host): Promise<Finding> {
  const requirement: Requirement = {
    name: "tc u32 and mirred",
    why: CROSSING,
    fix: "modprobe -a sch_ingress cls_u32 act_mirred, or use a kernel with CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_U32 and CONFIG_NET_ACT_MIRRED",
  };
  const modules = ["sch_ingress", "cls_u32", "act_mirred"];
  const known = await Promise.all(modules.map((module) => isModule(host, module)));
  if (known.every((isKnown) => isKnown)) {
    return found(requirement, `modules ${modules.join(", ")}`);
  }
  const tries = [
    `ip ${PARENT}`,
    ...redirectLines({ from: "probe", to: "probe" }, false).map((line) => `tc ${line}`),
  ];
  const args = ["--net", "--", "sh", "-ec", tries.join("\n")];
  const result = await probe(host, { file: "unshare", args });
  if (result.end === "exit" && /^unshare: /m.test(result.stderr)) {
    return untold(requirement);
  }
  return result.end === "exit" && result.exitCode === 0
    ? found(requirement, "built in")
    : missing(requirement, describeProbe("tc", result));
}

/** Checks which kinds of devices this kernel supports. Creates nothing on the host itself, and loads no driver. */
export async function checkDrivers(
  host: Host,
  wanted: readonly Driver[] = drivers,
): Promise<readonly Finding[]> {
  const known = await Promise.all(wanted.map(({ module }) => isModule(host, module)));
  // A driver that is no loadable module is either built in or missing. Creating a device in a temporary network
  // namespace shows which.
  const unknown = wanted.filter((_, index) => !known[index]);
  const probed = await probeDrivers(host, unknown);
  return wanted.map(({ name, why, fix, module, optional }) => {
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
