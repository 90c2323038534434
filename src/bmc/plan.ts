import type { Fabric, Node } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import { confined, type EmulatorUser } from "../system/confine.ts";
import type { Command } from "../system/host.ts";
import type { BmcAccess } from "./access.ts";
import type { Daemon } from "./daemon.ts";
import { bmcEndpoint, consoleSocket, type Socket, simulatorSocket } from "./endpoint.ts";
import { withLibraryInMemory } from "./library.ts";
import { bmcPaths, simulatorPaths } from "./paths.ts";
import type { ProxiedBmc, ProxyConfig } from "./proxy-config.ts";
import { lanConfig, simulatorCommands, usersMemory } from "./simulator-files.ts";

export interface BmcSettings extends BmcSwitches {
  readonly runDir: string;
  readonly access: BmcAccess;
  readonly programs: BmcPrograms;
}

/** Facts about the switches that BMCs need to control them. */
export interface BmcSwitches {
  /** Name of the backend that runs them. */
  readonly backend: string;
  /** The user that may start them. */
  readonly user: EmulatorUser;
  /** True if they use KVM: those that a BMC powers on use it, too. */
  readonly kvm: boolean;
  /** Returns the unix socket of a switch's serial console for its BMC. */
  readonly consoleOf: (nodeName: string) => string;
}

/** Absolute paths of the programs that the BMCs run. */
export interface BmcPrograms {
  /** Node.js. */
  readonly node: string;
  readonly proxy: string;
  readonly chassis: string;
  readonly fromMemory: string;
}

export interface BmcPlan {
  /** On the BMC bridge. */
  readonly addresses: readonly Address[];
  readonly simulators: ReadonlyMap<string, Daemon>;
  readonly proxy: Daemon | null;
}

/** Plans everything that has to run for the fabric's BMCs: one simulator for each, and their proxy. */
export function planBmcs(fabric: Fabric, settings: BmcSettings): BmcPlan {
  const { access } = settings;
  if (access.kind === "off") {
    return { addresses: [], simulators: new Map(), proxy: null };
  }
  const simulators = new Map<string, Daemon>();
  const proxied: ProxiedBmc[] = [];
  const addresses: Address[] = [];
  for (const node of fabric.nodes) {
    const outside = bmcEndpoint(node, access);
    if (outside.listen === "nowhere") {
      continue;
    }
    const inside = simulatorSocket(node, outside);
    simulators.set(node.name, simulatorDaemon(node, inside, settings, access));
    proxied.push(proxiedBmc(node, outside, inside, settings));
    if (outside.listen === "bmc-network") {
      addresses.push(node.bmc.address.address);
    }
  }
  return { addresses, simulators, proxy: proxyDaemon(proxied, settings) };
}

function simulatorDaemon(
  node: Node,
  lan: Socket,
  settings: BmcSettings,
  access: { readonly user: string; readonly password: string },
): Daemon {
  const paths = simulatorPaths(settings.runDir, node.name);
  const environment = {
    LD_LIBRARY_PATH: bmcPaths(settings.runDir).libraryFolder,
    IKVSWITCH_CHASSIS: bmcPaths(settings.runDir).chassis,
    IKVSWITCH_FOLDER: paths.folder,
  };
  // -n: no console on standard input.
  const program = ["ipmi_sim", "-n", "-c", paths.lanConfig, "-f", paths.commands, "-s", paths.stateFolder];
  return {
    name: `${node.name}'s BMC`,
    paths,
    files: [
      { path: paths.lanConfig, content: lanConfig(node, { lan, console: consoleSocket(node) }), mode: 0o640 },
      { path: paths.commands, content: simulatorCommands(node), mode: 0o640 },
      { path: paths.users, content: usersMemory(access), mode: 0o640 },
    ],
    command: withLibraryInMemory(
      asUser(settings, withEnvironment(environment, program)),
      bmcPaths(settings.runDir).library,
      settings.programs.fromMemory,
    ),
    listens: [lan],
  };
}

function proxiedBmc(
  node: Node,
  outside: Socket,
  inside: Socket,
  { runDir, consoleOf }: BmcSettings,
): ProxiedBmc {
  const { request, answer } = simulatorPaths(runDir, node.name);
  const { address, port } = outside;
  return {
    node: node.name,
    outside: { address, port },
    inside,
    console: consoleSocket(node),
    machineConsole: consoleOf(node.name),
    request,
    answer,
  };
}

function proxyDaemon(bmcs: readonly ProxiedBmc[], settings: BmcSettings): Daemon {
  const { proxy, proxyConfig, proxyProgram } = bmcPaths(settings.runDir);
  const config: ProxyConfig = { runDir: settings.runDir, backend: settings.backend, bmcs };
  const program = [OPEN_PROGRAM, "--max-old-space-size=32", proxyProgram, proxyConfig];
  const { file, args } = asUser(settings, withEnvironment({}, program));
  return {
    name: "the BMCs' proxy",
    paths: proxy,
    files: [{ path: proxyConfig, content: `${JSON.stringify(config, null, 2)}\n`, mode: 0o640 }],
    command: { file: "sh", args: ["-c", RUN_OPEN, "sh", settings.programs.node, file, ...args] },
    listens: bmcs.map((bmc) => bmc.outside),
  };
}

/** Runs a command as the emulator's user, with none of root's rights except to listen on UDP 623. */
function asUser({ user, kvm }: BmcSettings, command: Command): Command {
  return confined(command, user, { kvm, right: "net_bind_service" });
}

/**
 * Node may be in a folder that only root may enter (/root/.nvm), and Debian 13's build of Node refuses to become
 * another user (CVE-2024-22017). So root opens it, and the emulator's user runs the open file.
 */
const RUN_OPEN = 'exec 3<"$1"; shift; exec "$@"';
const OPEN_PROGRAM = "/proc/self/fd/3";

/** Runs a program without our own environment, which may hold secrets. */
function withEnvironment(variables: Readonly<Record<string, string>>, program: readonly string[]): Command {
  const all = Object.entries({ PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...variables });
  return { file: "env", args: ["-i", ...all.map(([name, value]) => `${name}=${value}`), ...program] };
}
