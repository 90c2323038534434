import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { powerOn, powerState } from "../../src/backends/qemu/machine.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import type { BmcAccess } from "../../src/bmc/access.ts";
import { bmcEndpoint, consoleSocket, simulatorSocket } from "../../src/bmc/endpoint.ts";
import { bmcPaths } from "../../src/bmc/paths.ts";
import type { BmcSettings } from "../../src/bmc/plan.ts";
import { findBmcProcesses } from "../../src/bmc/processes.ts";
import { bmcPrograms } from "../../src/bmc/programs.ts";
import { startBmcs } from "../../src/bmc/start.ts";
import { bmcStatus } from "../../src/bmc/status.ts";
import { stopBmcs } from "../../src/bmc/stop.ts";
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
const USER = "operator";
/** As long as IPMI allows, with characters that are special to a shell or to the simulator's parser. */
const PASSWORD = `s3cret "'$(id)\`#\\ ;x`;

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

function settings(access: BmcAccess = { kind: "on", user: USER, password: PASSWORD }): BmcSettings {
  return {
    runDir,
    access,
    user: NOBODY,
    backend: "qemu",
    kvm: false,
    consoleOf: (node) => nodeFolder(runDir, node).bmcConsole,
    programs: bmcPrograms(),
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

function addressOf(node: Node): string {
  return String(node.bmc.address.address);
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

describe("a BMC", () => {
  it("switches its node's VM on and off, and reports the power state", async () => {
    await startBmcs(host, fabric, settings());
    expect(await power()).toBe("Chassis Power is off");

    expect((await ipmitool(["chassis", "power", "on"])).stdout).toContain("Up/On");
    expect(await power()).toBe("Chassis Power is on");
    const pid = await machinePid("leaf1");
    await ipmitool(["chassis", "power", "on"]);
    expect(await machinePid("leaf1")).toBe(pid);
    expect((await powerState(host, nodeFolder(runDir, "internet"))).power).toBe("off");

    expect((await ipmitool(["chassis", "power", "off"])).stdout).toContain("Down/Off");
    expect(await power()).toBe("Chassis Power is off");
    expect((await powerState(host, nodeFolder(runDir, "leaf1"))).power).toBe("off");
  });

  it("cycles the power, which starts a new VM", async () => {
    await startBmcs(host, fabric, settings());
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    const before = await machinePid("leaf1");
    expect((await ipmitool(["chassis", "power", "cycle"])).stdout).toContain("Cycle");
    await expect
      .poll(async () => (await powerState(host, nodeFolder(runDir, "leaf1"))).power, { timeout: 20_000 })
      .toBe("on");
    expect(await machinePid("leaf1")).not.toBe(before);
  });

  it("resets a running VM, and reports an error if none runs", async () => {
    const firmwareLog = `${nodeFolder(runDir, "leaf1").run}/firmware.log`;
    await changeArguments(host, runDir, "leaf1", (args) => [
      ...args,
      ...["-debugcon", `file:${firmwareLog}`, "-global", "isa-debugcon.iobase=0x402"],
    ]);
    // The firmware's last message. A reset while the firmware still copies itself to memory would find only half of it.
    const boots = async () =>
      ((await host.readFile(firmwareLog)) ?? "").match(/^Booting from 0000:7c00/gm)?.length ?? 0;
    await startBmcs(host, fabric, settings());
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    await expect.poll(boots, { timeout: 20_000 }).toBe(1);
    const before = await machinePid("leaf1");
    expect((await ipmitool(["chassis", "power", "reset"])).stdout).toContain("Reset");
    await expect.poll(boots, { timeout: 20_000 }).toBe(2);
    expect(await machinePid("leaf1")).toBe(before);

    await ipmitool(["chassis", "power", "off"]);
    const refused = await ipmitool(["chassis", "power", "reset"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("Set Chassis Power Control to Reset failed");
  });

  it("presses the power button, and the VM shuts itself down", async () => {
    await startBmcs(host, fabric, settings());
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    await armed(nodeFolder(runDir, "leaf1").qmp);
    expect((await ipmitool(["chassis", "power", "soft"])).stdout).toContain("Soft");
    await expect
      .poll(async () => (await powerState(host, nodeFolder(runDir, "leaf1"))).power, { timeout: 20_000 })
      .toBe("off");
  });

  it("carries the serial console, also of a VM that is switched on during the session", async () => {
    const leaf2 = nodeCalled("leaf2");
    await offerSerial("leaf2");
    await startBmcs(host, fabric, settings());
    const client = await serialClient(leaf2);
    await ipmitool(["chassis", "power", "on"], { node: leaf2 });
    await client.types("is anybody there");
    await ipmitool(["chassis", "power", "cycle"], { node: leaf2 });
    await client.types("and now");
    expect(await client.leaves()).toContain("terminated ipmitool");

    const second = await serialClient(leaf2);
    await second.types("somebody else");
    await second.leaves();
  });

  it("does not share its VM's console with other programs", async () => {
    const leaf2 = nodeCalled("leaf2");
    await offerSerial("leaf2");
    await startBmcs(host, fabric, settings());
    await powerOn(host, nodeFolder(runDir, "leaf2"));
    const { address, port } = consoleSocket(leaf2);
    const script = `exec 3<>/dev/tcp/${address}/${port} && echo hello >&3 && cat <&3`;
    // Root here is not the emulator's user: the connection is closed without output.
    const result = await host.run(
      { file: "bash", args: ["-c", script] },
      { okExitCodes: [1], timeoutMs: 20_000 },
    );
    expect(result.stdout).toBe("");
    const client = await serialClient(leaf2);
    await client.types("still there");
    await client.leaves();
  });

  it("reports the switch that it belongs to", async () => {
    await startBmcs(host, fabric, settings());
    expect((await ipmitool(["fru", "print"])).stdout).toMatch(/Product Name +: leaf1/);
    expect((await ipmitool(["sdr", "elist", "all"])).stdout).toMatch(/^leaf1 /);
  });

  it("answers a client's query for cipher suites at once", async () => {
    await startBmcs(host, fabric, settings());
    const startedMs = performance.now();
    const result = await ipmitool(["mc", "guid"]);
    expect(result.stderr).not.toContain("Cipher Suites");
    expect(result.exitCode).toBe(0);
    // A client without an answer gives up after ten seconds.
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    expect((await ipmitool(["channel", "getciphers", "ipmi"])).stdout).toMatch(
      /^3 .*hmac_sha1.*aes_cbc_128/m,
    );
  });

  it("starts VMs without its own capability, open files and environment", async () => {
    await startBmcs(host, fabric, settings());
    await ipmitool(["chassis", "power", "on"]);
    const pid = await machinePid("leaf1");
    const status = (await host.readFile(`/proc/${pid}/status`)) ?? "";
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^CapPrm:\t0+$/m);
    expect(status).toMatch(/^CapAmb:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    const environment = ((await host.readFile(`/proc/${pid}/environ`)) ?? "").split("\0").sort();
    expect(environment.join(" ").trim()).toBe(
      "HOME=/root LANG=C.UTF-8 LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    );
    const files = (await host.run({ file: "ls", args: ["-l", `/proc/${pid}/fd`] })).stdout;
    expect(files).toContain(nodeFolder(runDir, "leaf1").qemuLog);
    expect(files).not.toContain(bmcPaths(runDir).folder);

    await stopBmcs(host, fabric, { runDir });
    expect(await host.readFile("/proc/net/udp")).not.toMatch(/:026F /);
    expect(await machinePid("leaf1")).toBe(pid);
  });
});

describe("a BMC refuses", () => {
  it("a wrong password and a user who does not exist", async () => {
    await startBmcs(host, fabric, settings());
    for (const wrong of [
      { password: PASSWORD.slice(0, -1) },
      { password: "" },
      { user: "root" },
      { user: "" },
    ]) {
      const result = await ipmitool(["chassis", "power", "on"], { ...wrong, more: ["-R", "1"] });
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toContain("Unable to establish IPMI v2 / RMCP+ session");
    }
    expect((await powerState(host, nodeFolder(runDir, "leaf1"))).power).toBe("off");
  });

  it("every cipher suite except one, through the proxy and past it", async () => {
    await startBmcs(host, fabric, settings());
    const inside = simulatorSocket(leaf1, { address: addressOf(leaf1), port: 623 }).address;
    for (const address of [addressOf(leaf1), inside]) {
      for (const suite of [0, 1, 2, 6, 7, 8, 11, 12, 17]) {
        const more = ["-C", String(suite), "-R", "1"];
        const result = await ipmitool(["chassis", "power", "on"], { address, more });
        expect([suite, result.exitCode]).toEqual([suite, 1]);
        expect(result.stderr).toMatch(/no matching cipher suite|invalid .* algorithm/);
      }
    }
    expect((await powerState(host, nodeFolder(runDir, "leaf1"))).power).toBe("off");
  });

  it("sessions of IPMI 1.5, with and without authentication", async () => {
    await startBmcs(host, fabric, settings({ kind: "on", user: USER, password: "short" }));
    for (const type of ["NONE", "MD2", "MD5", "PASSWORD"]) {
      const result = await host.run(
        {
          file: "ipmitool",
          args: [
            ...["-I", "lan", "-H", addressOf(leaf1), "-U", USER, "-P", "short", "-A", type, "-R", "1"],
            ...["chassis", "power", "on"],
          ],
        },
        { okExitCodes: [1], timeoutMs: 60_000 },
      );
      expect(result.exitCode).toBe(1);
    }
    expect((await powerState(host, nodeFolder(runDir, "leaf1"))).power).toBe("off");
  });
});

describe("starting the BMCs", () => {
  it("keeps those that run as planned, and starts the others again", async () => {
    const first = await startBmcs(host, fabric, settings());
    expect([...first]).toEqual(fabric.nodes.map((node) => [node.name, "started"]));
    const before = await findBmcProcesses(host, runDir);
    await Promise.all(
      [...(before.simulators.get("leaf1") ?? []), ...before.proxy].map(({ pid }) =>
        host.kill(pid, "SIGKILL"),
      ),
    );
    await expect
      .poll(async () => (await bmcStatus(host, fabric, settings())).map((bmc) => bmc.running))
      .toEqual([false, false, false, false]);

    const second = await startBmcs(host, fabric, settings());
    expect(Object.fromEntries(second)).toEqual({
      internet: "unchanged",
      spine1: "unchanged",
      leaf1: "started",
      leaf2: "unchanged",
    });
    const after = await findBmcProcesses(host, runDir);
    expect(after.simulators.get("leaf2")).toEqual(before.simulators.get("leaf2"));
    expect((await bmcStatus(host, fabric, settings())).map((bmc) => bmc.running)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(await power()).toBe("Chassis Power is off");
  });

  it("again with another password invalidates the old one", async () => {
    await startBmcs(host, fabric, settings());
    await startBmcs(host, fabric, settings({ kind: "on", user: USER, password: "another" }));
    expect((await ipmitool(["mc", "guid"], { more: ["-R", "1"] })).exitCode).toBe(1);
    expect((await ipmitool(["mc", "guid"], { password: "another" })).exitCode).toBe(0);
  });

  it("with the shipped password makes them listen on loopback only", async () => {
    const access: BmcAccess = { kind: "on", user: USER, password: "changeme" };
    await startBmcs(host, fabric, settings(access));
    const sockets = (await host.readFile("/proc/net/udp")) ?? "";
    const addresses = [...sockets.matchAll(/^ *\d+: ([0-9A-F]{8}):/gm)].map((match) => match[1] ?? "");
    // 127.… in little-endian hexadecimal; the proxy's sockets to the simulators are not bound to an address.
    expect(addresses.filter((address) => !address.endsWith("7F") && address !== "00000000")).toEqual([]);
    expect(await bmcAddresses()).toEqual([]);
    const endpoint = bmcEndpoint(leaf1, access);
    expect(endpoint).toMatchObject({ listen: "loopback", address: "127.0.0.1", port: 6232 });
    const result = await ipmitool(["mc", "guid"], {
      address: "127.0.0.1",
      password: "changeme",
      more: ["-p", "6232"],
    });
    expect(result.exitCode).toBe(0);
  });

  it("for a smaller fabric ends the surplus ones", async () => {
    await startBmcs(host, fabric, settings());
    const smaller = { ...fabric, nodes: fabric.nodes.slice(0, 2) };
    await startBmcs(host, smaller, settings());
    expect([...(await findBmcProcesses(host, runDir)).simulators.keys()].sort()).toEqual([
      "internet",
      "spine1",
    ]);
    expect(await bmcAddresses()).toEqual(smaller.nodes.map(addressOf));
  });

  it("fails with the program's own message if one does not start", async () => {
    await host.run({ file: "ip", args: ["link", "delete", fabric.host.bmcBridge] });
    await expect(startBmcs(host, fabric, settings())).rejects.toThrow(/EADDRNOTAVAIL/);
  });
});

describe("stopping the BMCs", () => {
  it("leaves no process, address, file or socket", async () => {
    // IPv4 only, which BMCs use: the bridge's IPv6 address is tentative for its first second.
    const addresses = async () => (await host.run({ file: "ip", args: ["-json", "-4", "address"] })).stdout;
    const addressesBefore = await addresses();
    const filesBefore = await host.list(runDir);
    await startBmcs(host, fabric, settings());
    expect(await bmcAddresses()).toEqual(fabric.nodes.map(addressOf));
    await stopBmcs(host, fabric, { runDir });

    const { simulators, proxy, chassis } = await findBmcProcesses(host, runDir);
    expect([...simulators, ...proxy, ...chassis]).toEqual([]);
    expect(await addresses()).toBe(addressesBefore);
    expect(await host.list(runDir)).toEqual(filesBefore);
    expect((await host.readFile("/proc/net/udp"))?.trim().split("\n")).toHaveLength(1);
    expect((await bmcStatus(host, fabric, settings())).map((bmc) => bmc.running)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("works repeatedly, and if the bridge is gone or a BMC hangs", async () => {
    await startBmcs(host, fabric, settings());
    const { simulators } = await findBmcProcesses(host, runDir);
    await Promise.all((simulators.get("leaf1") ?? []).map(({ pid }) => host.kill(pid, "SIGSTOP")));
    await host.run({ file: "ip", args: ["link", "delete", fabric.host.bmcBridge] });
    await stopBmcs(host, fabric, { runDir });
    await stopBmcs(host, fabric, { runDir });
    expect((await findBmcProcesses(host, runDir)).simulators.size).toBe(0);
    expect(await host.list(bmcPaths(runDir).folder)).toEqual([]);
  });
});

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

interface SerialClient {
  /** Types this until it is echoed: input before the VM reads is lost, as on any serial line. */
  types(text: string): Promise<void>;
  /** Ends the session. Returns all of its output. */
  leaves(): Promise<string>;
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
