import type { Address } from "../net/address.ts";
import { confined, type EmulatorUser } from "../system/confine.ts";
import type { Daemon } from "../system/daemon.ts";
import type { Command } from "../system/host.ts";
import type { Socket } from "../system/listening.ts";
import type { BmcAccess, Credentials } from "./access.ts";
import { bmcEndpoint, consoleSocket, type OpenEndpoint, redfishSocket, simulatorSocket } from "./endpoint.ts";
import { withLibraryInMemory } from "./library.ts";
import { bmcPaths, simulatorPaths } from "./paths.ts";
import type { ProxiedBmc, ProxyConfig } from "./proxy-config.ts";
import type { KeyAndCertificate } from "./redfish/certificate.ts";
import { lanConfig, simulatorCommands, usersMemory } from "./simulator-files.ts";
import type { BmcTarget } from "./target.ts";

export interface BmcSettings extends Emulation {
  readonly runDir: string;
  readonly stateDir: string;
  readonly access: BmcAccess;
  readonly programs: BmcPrograms;
  /** The machines that get a BMC. */
  readonly targets: readonly BmcTarget[];
  /** Of their Redfish services, by machine. */
  readonly certificates: ReadonlyMap<string, KeyAndCertificate>;
}

/** Facts about the switches' emulators that BMCs need to control them. */
export interface Emulation {
  /** Name of the backend that runs the switches. */
  readonly backend: string;
  /** The user that may start them. */
  readonly user: EmulatorUser;
  /** True if they use KVM: those that a BMC powers on use it, too. */
  readonly kvm: boolean;
}

/** Absolute paths of the programs that the BMCs run. */
export interface BmcPrograms {
  /** Node.js. */
  readonly node: string;
  readonly proxy: string;
  readonly chassis: string;
  readonly fromMemory: string;
  readonly agent: string;
  /** The program `ikvswitch`, which the agent runs, and the options of the command that has started the BMCs. */
  readonly command: string;
  readonly options: CommandOptions;
}

/** What selects the configuration. */
export interface CommandOptions {
  /** Name of the fabric; null without one. */
  readonly name: string | null;
  /** Absolute path of the file; null without one. */
  readonly config: string | null;
  /** Each `KEY=VALUE`; may hold secrets. */
  readonly sets: readonly string[];
}

export interface BmcPlan {
  /** On the BMC bridge. */
  readonly addresses: readonly Address[];
  readonly simulators: ReadonlyMap<string, Daemon>;
  readonly proxy: Daemon | null;
  /** Null without VMs. */
  readonly agent: Daemon | null;
}

/** Plans everything that has to run for BMCs: one simulator for each, their proxy, and for VMs the agent. */
export function planBmcs(settings: BmcSettings): BmcPlan {
  const { access } = settings;
  if (access.kind === "off") {
    return { addresses: [], simulators: new Map(), proxy: null, agent: null };
  }
  const simulators = new Map<string, Daemon>();
  const proxied: ProxiedBmc[] = [];
  const addresses: Address[] = [];
  for (const target of settings.targets) {
    const outside = bmcEndpoint(target, access);
    const tls = settings.certificates.get(target.facts.name);
    if (outside.listen === "nowhere" || tls === undefined) {
      continue;
    }
    const inside = simulatorSocket(target, outside);
    simulators.set(target.facts.name, simulatorDaemon(target, inside, settings, access));
    proxied.push(proxiedBmc(target, { outside, inside, tls }, settings));
    if (outside.listen === "bmc-network") {
      addresses.push(target.bmc.address.address);
    }
  }
  if (proxied.length === 0) {
    return { addresses, simulators, proxy: null, agent: null };
  }
  const agent = proxied.some(({ kind }) => kind === "vm") ? agentDaemon(settings) : null;
  return { addresses, simulators, proxy: proxyDaemon(proxied, settings, access), agent };
}

function simulatorDaemon(target: BmcTarget, lan: Socket, settings: BmcSettings, access: Credentials): Daemon {
  const { facts } = target;
  const paths = simulatorPaths(settings.runDir, facts.name);
  const environment = {
    LD_LIBRARY_PATH: bmcPaths(settings.runDir).libraryFolder,
    IKVSWITCH_CHASSIS: bmcPaths(settings.runDir).chassis,
    IKVSWITCH_FOLDER: paths.folder,
  };
  // -n: no console on standard input.
  const program = ["ipmi_sim", "-n", "-c", paths.lanConfig, "-f", paths.commands, "-s", paths.stateFolder];
  return {
    name: `${facts.name}'s BMC`,
    paths,
    files: [
      {
        path: paths.lanConfig,
        content: lanConfig(facts, { lan, console: consoleSocket(target) }),
        mode: 0o640,
      },
      { path: paths.commands, content: simulatorCommands(facts), mode: 0o640 },
      { path: paths.users, content: usersMemory(access), mode: 0o640 },
    ],
    command: withLibraryInMemory(
      asUser(settings, withEnvironment(environment, program)),
      bmcPaths(settings.runDir).library,
      settings.programs.fromMemory,
    ),
    protocol: "udp",
    listens: [lan],
  };
}

function proxiedBmc(
  target: BmcTarget,
  {
    outside,
    inside,
    tls,
  }: { readonly outside: OpenEndpoint; readonly inside: Socket; readonly tls: KeyAndCertificate },
  { runDir }: BmcSettings,
): ProxiedBmc {
  const { request, answer } = simulatorPaths(runDir, target.facts.name);
  const { address, port } = outside;
  return {
    kind: target.kind,
    facts: target.facts,
    choosesBoot: target.choosesBoot,
    outside: { address, port },
    inside,
    redfish: redfishSocket(outside),
    tls,
    console: consoleSocket(target),
    machineConsole: target.console,
    request,
    answer,
  };
}

function proxyDaemon(bmcs: readonly ProxiedBmc[], settings: BmcSettings, access: Credentials): Daemon {
  const { runDir, stateDir, backend, programs } = settings;
  const { proxy, proxyConfig, proxyProgram, agent } = bmcPaths(runDir);
  const { request, answer } = agent;
  const config: ProxyConfig = {
    ...{ runDir, stateDir, backend, access: { user: access.user, password: access.password } },
    agent: { request, answer },
    bmcs,
  };
  const program = [OPEN_PROGRAM, "--max-old-space-size=48", proxyProgram, proxyConfig];
  const { file, args } = asUser(settings, withEnvironment({}, program));
  return {
    name: "the BMCs' proxy",
    paths: proxy,
    files: [{ path: proxyConfig, content: `${JSON.stringify(config, null, 2)}\n`, mode: 0o640 }],
    command: { file: "sh", args: ["-c", RUN_OPEN, "sh", programs.node, file, ...args] },
    protocol: "udp",
    listens: bmcs.map((bmc) => bmc.outside),
    readsAgain: true,
  };
}

/**
 * The agent is root: it runs `ikvswitch vm`, which does what the proxy may not. Values of its options are in files that
 * only root may read, since everybody can read command lines.
 */
function agentDaemon({ runDir, programs }: BmcSettings): Daemon {
  const paths = bmcPaths(runDir).agent;
  const { name, config, sets } = programs.options;
  const settings = sets.map((set, index) => {
    const [key = "", ...value] = set.split("=");
    return { key, path: `${paths.folder}/set-${index}`, content: `${value.join("=")}\n` };
  });
  const words = [
    ...[programs.node, programs.command],
    ...(name === null ? [] : ["--name", name]),
    ...(config === null ? [] : ["--config", config]),
    ...settings.flatMap(({ key, path }) => ["--set-file", `${key}=${path}`]),
  ];
  return {
    name: "the BMCs' agent",
    paths,
    files: [
      ...settings.map(({ path, content }) => ({ path, content, mode: 0o600 })),
      { path: paths.command, content: `${JSON.stringify(words, null, 2)}\n`, mode: 0o600 },
    ],
    command: { file: "perl", args: [programs.agent, paths.command, paths.request, paths.answer] },
    protocol: "udp",
    listens: [],
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
