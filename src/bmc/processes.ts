import type { Host } from "../system/host.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { recordedProcess } from "../system/process-record.ts";
import { findProcesses } from "../system/processes.ts";
import { bmcPaths, simulatorPaths, simulatorsFolder } from "./paths.ts";

/** The BMCs' processes that run now. */
export interface BmcProcesses {
  /** By machine. More than one while a simulator starts its chassis program. */
  readonly simulators: ReadonlyMap<string, readonly ProcessIdentity[]>;
  readonly proxy: readonly ProcessIdentity[];
  readonly agent: readonly ProcessIdentity[];
  /** Chassis programs that wait for the proxy. */
  readonly chassis: readonly ProcessIdentity[];
}

/**
 * Finds the BMCs' processes: those recorded at their start, whatever their command lines, and in /proc those of root
 * and of the emulator's group that have these files in their arguments.
 */
export async function findBmcProcesses(host: Host, runDir: string): Promise<BmcProcesses> {
  const { folder, proxy, agent } = bmcPaths(runDir);
  const group = (await host.stat(folder))?.gid;
  const nodes = (await host.list(simulatorsFolder(runDir))).filter((name) => NODE_NAME.test(name));
  const [proxied, agents, simulated, marked] = await Promise.all([
    recordedProcess(host, proxy.process),
    recordedProcess(host, agent.process),
    Promise.all(
      nodes.map(async (node) => ({
        role: { kind: "simulator", node } as const,
        process: await recordedProcess(host, simulatorPaths(runDir, node).process),
      })),
    ),
    findProcesses(host, (args) => processRole(args, runDir) !== undefined, group),
  ]);
  const all: readonly {
    readonly role: ProcessRole | undefined;
    readonly process: ProcessIdentity | undefined;
  }[] = [
    { role: { kind: "proxy" }, process: proxied },
    { role: { kind: "agent" }, process: agents },
    ...simulated,
    ...marked.map((process) => ({ role: processRole(process.args, runDir), process })),
  ];
  const ofRole = (isWanted: (role: ProcessRole) => boolean): readonly ProcessIdentity[] => {
    const wanted = all.flatMap(({ role, process }) =>
      role !== undefined && process !== undefined && isWanted(role) ? [process] : [],
    );
    return [...new Map(wanted.map(({ pid, startTicks }) => [pid, { pid, startTicks }])).values()];
  };
  const running = new Set(
    all.flatMap(({ role, process }) =>
      role?.kind === "simulator" && process !== undefined ? [role.node] : [],
    ),
  );
  return {
    simulators: new Map(
      [...running].map((node) => [node, ofRole((role) => role.kind === "simulator" && role.node === node)]),
    ),
    proxy: ofRole(({ kind }) => kind === "proxy"),
    agent: ofRole(({ kind }) => kind === "agent"),
    chassis: ofRole(({ kind }) => kind === "chassis"),
  };
}

/** Folders are removed by these names, which come from command lines. */
const NODE_NAME = /^[a-z][a-z0-9-]*$/;

type ProcessRole =
  | { readonly kind: "simulator"; readonly node: string }
  | { readonly kind: "proxy" }
  | { readonly kind: "agent" }
  | { readonly kind: "chassis" };

/** Returns the role of a process with these arguments among the BMCs of this run directory. */
export function processRole(args: readonly string[], runDir: string): ProcessRole | undefined {
  if (args.includes(bmcPaths(runDir).proxyConfig)) {
    return { kind: "proxy" };
  }
  if (args.includes(bmcPaths(runDir).agent.command)) {
    return { kind: "agent" };
  }
  if (args.includes(bmcPaths(runDir).chassis)) {
    return { kind: "chassis" };
  }
  const config = args[args.indexOf("-c") + 1] ?? "";
  const prefix = `${simulatorsFolder(runDir)}/`;
  const node = config.startsWith(prefix) ? (config.slice(prefix.length).split("/")[0] ?? "") : "";
  return NODE_NAME.test(node) && config === simulatorPaths(runDir, node).lanConfig
    ? { kind: "simulator", node }
    : undefined;
}
