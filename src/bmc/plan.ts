import type { Address, Fabric, Node } from "../fabric/types.ts";
import type { EmulatorUser } from "../switches/qemu/confine.ts";
import type { Command } from "../system/host.ts";
import type { BmcAccess } from "./access.ts";
import type { Daemon } from "./daemon.ts";
import { bmcEndpoint, type Socket, simulatorSocket, solSocket } from "./endpoint.ts";
import type { FrontRoute } from "./front/route.ts";
import { bmcPaths, simulatorPaths } from "./paths.ts";
import { processRole } from "./processes.ts";
import { lanConfig, simulatorCommands, usersMemory } from "./simulator-files.ts";

export interface BmcSettings {
  readonly runDir: string;
  readonly access: BmcAccess;
  readonly user: EmulatorUser;
  /** Whether the switches use KVM: then so will those that a BMC switches on. */
  readonly kvm: boolean;
  readonly programs: BmcPrograms;
}

/** Absolute paths of what the BMCs run. */
export interface BmcPrograms {
  /** Node.js. */
  readonly node: string;
  readonly front: string;
  readonly chassis: string;
}

export interface BmcPlan {
  /** On the BMC bridge. */
  readonly addresses: readonly Address[];
  readonly simulators: ReadonlyMap<string, Daemon>;
  readonly front: Daemon | null;
}

/** Everything that has to run for the fabric to have its BMCs: one simulator for each, and the front. */
export function planBmcs(fabric: Fabric, settings: BmcSettings): BmcPlan {
  const { access } = settings;
  if (access.kind === "off") {
    return { addresses: [], simulators: new Map(), front: null };
  }
  const simulators = new Map<string, Daemon>();
  const routes: FrontRoute[] = [];
  const addresses: Address[] = [];
  for (const node of fabric.nodes) {
    const outside = bmcEndpoint(node, access);
    if (outside.listen === "nowhere") {
      continue;
    }
    const inside = simulatorSocket(node, outside);
    simulators.set(node.name, simulatorDaemon(node, inside, settings, access));
    routes.push({ outside: { address: outside.address, port: outside.port }, inside });
    if (outside.listen === "bmc-network") {
      addresses.push(outside.address);
    }
  }
  return { addresses, simulators, front: frontDaemon(routes, settings) };
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
    IKVSWITCH_NODE: settings.programs.node,
    IKVSWITCH_CHASSIS: settings.programs.chassis,
    IKVSWITCH_RUN_DIR: settings.runDir,
    IKVSWITCH_SWITCH: node.name,
  };
  // -n: no console on standard input.
  const program = ["ipmi_sim", "-n", "-c", paths.lanConfig, "-f", paths.commands, "-s", paths.stateFolder];
  return {
    name: `${node.name}'s BMC`,
    paths,
    files: [
      { path: paths.lanConfig, content: lanConfig(node, { lan, sol: solSocket(node) }), mode: 0o640 },
      { path: paths.commands, content: simulatorCommands(node), mode: 0o640 },
      { path: paths.users, content: usersMemory(access), mode: 0o640 },
    ],
    command: confinedDaemon(program, environment, settings),
    listens: [lan],
    isSame: (args) => {
      const role = processRole(args, settings.runDir);
      return role?.kind === "simulator" && role.node === node.name;
    },
  };
}

function frontDaemon(routes: readonly FrontRoute[], settings: BmcSettings): Daemon {
  const { front, frontConfig } = bmcPaths(settings.runDir);
  const program = [settings.programs.node, "--max-old-space-size=32", settings.programs.front, frontConfig];
  return {
    name: "the BMCs' front",
    paths: front,
    files: [{ path: frontConfig, content: `${JSON.stringify(routes, null, 2)}\n`, mode: 0o640 }],
    command: confinedDaemon(program, {}, settings),
    listens: routes.map((route) => route.outside),
    isSame: (args) => processRole(args, settings.runDir)?.kind === "front",
  };
}

/**
 * Run as the emulator user, with nothing of our environment, and with no right of root's but to listen on UDP 623.
 * Not even that is left to what a BMC starts in turn.
 */
function confinedDaemon(
  program: readonly string[],
  environment: Readonly<Record<string, string>>,
  { user, kvm }: BmcSettings,
): Command {
  const groups = kvm && user.kvmGid !== null ? `--groups=${user.kvmGid}` : "--clear-groups";
  const variables = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...environment };
  return {
    file: "setpriv",
    args: [
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      groups,
      "--inh-caps=-all,+net_bind_service",
      "--ambient-caps=-all,+net_bind_service",
      "--bounding-set=-all,+net_bind_service",
      "--no-new-privs",
      "--",
      "env",
      "-i",
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      ...program,
    ],
  };
}
