import { execa } from "execa";
import { afterEach, beforeEach, expect } from "vitest";
import { powerState } from "../../src/backends/qemu/machine.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import type { BmcAccess } from "../../src/bmc/access.ts";
import type { BmcSettings } from "../../src/bmc/plan.ts";
import { bmcPrograms } from "../../src/bmc/programs.ts";
import { stopBmcs } from "../../src/bmc/stop.ts";
import { switchTargets } from "../../src/bmc/target.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric, Node } from "../../src/fabric/types.ts";
import { withQmp } from "../../src/qemu/qmp.ts";
import type { Host, RunResult } from "../../src/system/host.ts";
import { shippedConfig } from "../fabric/config.ts";
import { bootSectorNodes, changeArguments, NOBODY, removeNodes } from "./boot-sector-machine.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

/*
 *   ipmitool ──UDP 623──▶ proxy ──UDP 623──▶ ipmi_sim
 *            192.168.200.1x  │ ▲ ▲      127.0.2.x  │ │
 *                            │ │ └────bmc-chassis──┘ │
 *                            │ └───────TCP, console──┘
 *                            └──QMP, console──▶ QEMU
 *
 * One rack and one spine are four nodes. Their VMs run boot sectors.
 */
export const USER = "operator";
/** As long as IPMI allows, with characters that are special to a shell or to the simulator's parser. */
export const PASSWORD = `s3cret "'$(id)\`#\\ ;x`;

interface SerialClient {
  /** Types this until it is echoed: input before the VM reads is lost, as on any serial line. */
  types(text: string): Promise<void>;
  /** Ends the session. Returns all of its output. */
  leaves(): Promise<string>;
}

export function addressOf(node: Node): string {
  return String(node.bmc.address.address);
}

/** Makes the nodes and their BMC network before each test, and removes all after it. */
export function bmcSite() {
  let namespace: NamespacedHost;
  let host: Host;
  let fabric: Fabric;
  let leaf1: Node;
  let runDir: string;

  beforeEach(async () => {
    namespace = await namespacedHost();
    host = namespace.host;
    fabric = planFabric(shippedConfig({ NUM_RACKS: 1, NUM_SPINES: 1, NUM_U: 4 }));
    leaf1 = nodeCalled("leaf1");
    runDir = await bootSectorNodes(host, { internet: "stubborn", leaf1: "obedient", leaf2: "echo" });
    await host.run({
      file: "ip",
      args: ["-batch", "-"],
      input: `link add ${fabric.host.bmcBridge} up type bridge\naddress add ${fabric.host.bmcAddress} dev ${fabric.host.bmcBridge}\n`,
    });
  });

  afterEach(async () => {
    await stopBmcs(host, fabric, { runDir });
    await removeNodes(host, runDir);
    await namespace.close();
  });

  function settings(
    access: BmcAccess = { kind: "on", user: USER, password: PASSWORD },
  ): Omit<BmcSettings, "certificates"> {
    return {
      runDir,
      access,
      user: NOBODY,
      backend: "qemu",
      kvm: false,
      stateDir: runDir,
      targets: switchTargets(fabric, (node) => nodeFolder(runDir, node).bmcConsole),
      programs: bmcPrograms({ name: null, config: null, sets: [] }),
    };
  }

  /** Runs ipmitool against a node's BMC with the given credentials. */
  async function ipmitool(
    words: readonly string[],
    options: {
      readonly node?: Node;
      readonly address?: string;
      readonly user?: string;
      readonly password?: string;
      readonly more?: readonly string[];
    } = {},
  ): Promise<RunResult> {
    const node = options.node ?? leaf1;
    return host.run(
      {
        file: "ipmitool",
        args: [
          ...["-I", "lanplus", "-H", options.address ?? addressOf(node), "-U", options.user ?? USER, "-E"],
          ...(options.more ?? []),
          ...words,
        ],
        env: { IPMI_PASSWORD: options.password ?? PASSWORD },
      },
      { okExitCodes: [1], timeoutMs: 60_000 },
    );
  }

  function nodeCalled(name: string): Node {
    const found = fabric.nodes.find((node) => node.name === name);
    if (found === undefined) {
      throw new Error(`no ${name} in the plan`);
    }
    return found;
  }

  async function power(node: Node = leaf1): Promise<string> {
    return (await ipmitool(["chassis", "power", "status"], { node })).stdout.trim();
  }

  async function machinePid(name: string): Promise<number> {
    const state = await powerState(host, nodeFolder(runDir, name));
    if (state.power === "off") {
      throw new Error(`${name} is off`);
    }
    return state.pid;
  }

  /** Waits until the guest handles its power button, after its firmware has loaded it. */
  async function armed(socket: string): Promise<void> {
    await withQmp(host, { socket, timeoutMs: 20_000 }, async (qmp) => {
      for (let enabled = ""; !enabled.includes("0x0100"); ) {
        enabled = String(await qmp.execute("human-monitor-command", { "command-line": "i /h 0x602" }));
      }
    });
  }

  /** Moves the serial port of the node's VM to the socket that its BMC connects to. */
  async function offerSerial(name: string): Promise<void> {
    const path = nodeFolder(runDir, name).bmcConsole;
    await changeArguments(host, runDir, name, (args) =>
      args.map((argument) =>
        argument.startsWith("socket,id=serial,")
          ? `socket,id=serial,path=${path},server=on,wait=off`
          : argument,
      ),
    );
  }

  async function bmcAddresses(): Promise<string[]> {
    const shown = await host.run({
      file: "ip",
      args: ["-4", "-o", "address", "show", "dev", fabric.host.bmcBridge],
    });
    return [...shown.stdout.matchAll(/inet ([0-9.]+)\/32 /g)].map((match) => match[1] ?? "");
  }

  /** Opens a serial session with ipmitool. */
  async function serialClient(node: Node): Promise<SerialClient> {
    const command = namespace.inside({
      // Without stdbuf, ipmitool would buffer its output until it ends, since it has no terminal here.
      file: "stdbuf",
      args: ["-o0", "ipmitool", "-I", "lanplus", "-H", addressOf(node), "-U", USER, "-E", "sol", "activate"],
    });
    const client = execa(command.file, [...command.args], {
      env: { IPMI_PASSWORD: PASSWORD },
      all: true,
      reject: false,
    });
    let seen = "";
    client.all.on("data", (bytes: Buffer) => {
      seen += bytes.toString();
    });
    await expect.poll(() => seen, { timeout: 20_000 }).toContain("SOL Session operational");
    return {
      types: async (text) => {
        await expect
          .poll(
            () => {
              client.stdin.write(text);
              return seen;
            },
            { timeout: 30_000, interval: 300 },
          )
          .toContain(text);
      },
      leaves: async () => {
        client.stdin.write("\r~.");
        await client;
        return seen;
      },
    };
  }

  return {
    get host() {
      return host;
    },
    get fabric() {
      return fabric;
    },
    get leaf1() {
      return leaf1;
    },
    get runDir() {
      return runDir;
    },
    settings,
    ipmitool,
    nodeCalled,
    power,
    machinePid,
    armed,
    offerSerial,
    bmcAddresses,
    serialClient,
  };
}

export type BmcSite = ReturnType<typeof bmcSite>;
