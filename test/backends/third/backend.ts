import type { Backend, Preflight, UpRequest } from "../../../src/backends/model/backend.ts";
import type { Fabric } from "../../../src/fabric/types.ts";
import { TAPS } from "../../../src/host/model/switch-ports.ts";
import { checkHostNetwork } from "../../../src/host/start.ts";
import { plannedSessions } from "../../../src/nodes/bgp.ts";
import type { Machines } from "../../../src/nodes/machines.ts";
import type { NodeOutcome } from "../../../src/nodes/outcome.ts";
import { nodesFolder } from "../../../src/nodes/run-paths.ts";
import type { Host } from "../../../src/system/host.ts";

// The smallest possible backend. Each switch is a local address of the host and a file with the state of its BGP
// sessions. It has no consoles, BMCs, snapshots or images.

/** The protocol number, for ip, of the local routes that give the host the switches' addresses. */
const PROTOCOL = "99";

const sessionsFile = (runDir: string, node: string) => `${nodesFolder(runDir)}/${node}/sessions.json`;

export const thirdBackend: Backend = {
  name: "third",
  kind: "addresses of this host",
  presence: async (host, runDir) => ((await namesIn(host, runDir)).length > 0 ? "running" : "absent"),
  nodes: async (host, runDir) => machines(host, runDir),
  switchPorts: async () => TAPS,
  preflight,
  compare: async (host, { settings, fabric }) => {
    const running = new Set(await namesIn(host, settings.runDir));
    return fabric.nodes.map(({ name }) => ({
      ...{ name, rendered: [], applied: undefined },
      action: running.has(name) ? "keep" : "start",
    }));
  },
  down: async (host, runDir) => {
    const names = await namesIn(host, runDir);
    await host.run({ file: "ip", args: ["route", "flush", "table", "local", "proto", PROTOCOL] });
    return Object.fromEntries(names.map((name) => [name, "clean"]));
  },
  rendering: async (_, fabric) => ({ fabric }),
  examine: async () => [],
  stateFiles: async () => [],
};

function namesIn(host: Host, runDir: string): Promise<readonly string[]> {
  return host.list(nodesFolder(runDir));
}

async function preflight(host: Host, { settings, fabric, progress }: UpRequest): Promise<Preflight> {
  const network = await progress.step("Check this host", () => checkHostNetwork(host, fabric, settings));
  return {
    network,
    up: () =>
      progress.step("Start the switches", async () => ({
        outcomes: await startAll(host, settings.runDir, fabric),
        startServices: () => {},
      })),
  };
}

async function startAll(
  host: Host,
  runDir: string,
  fabric: Fabric,
): Promise<Readonly<Record<string, NodeOutcome>>> {
  const running = await namesIn(host, runDir);
  const outcomes: Record<string, NodeOutcome> = {};
  for (const { name, loopback } of fabric.nodes) {
    outcomes[name] = running.includes(name) ? "kept" : "started";
    if (!running.includes(name)) {
      const peers = Object.fromEntries(
        plannedSessions(fabric, name).map((port) => [port, { state: "Established" }]),
      );
      await host.writeFile(sessionsFile(runDir, name), JSON.stringify({ ipv4Unicast: { peers } }));
      const route = ["route", "add", "local", `${loopback}/32`, "dev", "lo", "proto", PROTOCOL];
      await host.run({ file: "ip", args: route });
    }
  }
  return outcomes;
}

function machines(host: Host, runDir: string): Machines {
  const sessions = (node: string) => host.readFile(sessionsFile(runDir, node));
  const not = () => Promise.reject(new Error("the third backend can't do that"));
  return {
    backend: "third",
    patience: { atOnce: 8, timeoutMs: 5_000, programSeconds: 2 },
    library: "/nowhere",
    vlans: true,
    // Callers query only sessions.
    exec: async (node) => ({ exitCode: 0, stdout: `bgpd\n${await sessions(node)}`, stderr: "" }),
    power: async (node) =>
      (await sessions(node)) === undefined ? { power: "off" } : { power: "on", pid: 1, uptimeSeconds: 0 },
    answers: async (node) => (await sessions(node)) !== undefined,
    isFrozen: async () => false,
    assertAlive: async () => {},
    setCarrier: async () => {},
    log: async () => "",
    stream: not,
    pull: not,
    push: not,
    setStartFile: not,
    assertStartable: not,
    start: not,
    stop: not,
    cutPower: not,
    pressPowerButton: not,
    reset: not,
    freeze: not,
    thaw: not,
  };
}
