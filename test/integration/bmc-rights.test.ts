import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import { findBmcProcesses } from "../../src/bmc/processes.ts";
import { bmcPrograms } from "../../src/bmc/programs.ts";
import { startBmcs } from "../../src/bmc/start.ts";
import { stopBmcs } from "../../src/bmc/stop.ts";
import { switchTargets } from "../../src/bmc/target.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { shippedConfig } from "../fabric/config.ts";
import { NOBODY } from "./boot-sector-machine.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

// A file of its own, so that it also runs with Debian's Node in the lab: builds of Node refuse different things.

const fabric = planFabric(shippedConfig({ NUM_RACKS: 1, NUM_SPINES: 1, NUM_U: 4 }));
let namespace: NamespacedHost;
let folder: string;
const RUN_DIR = "/run/ikv-bmc";

beforeEach(async () => {
  namespace = await namespacedHost(true);
  folder = await mkdtemp(join(tmpdir(), "ikv-bmc-"));
  await namespace.host.run({ file: "chmod", args: ["0755", folder] });
  const { bmcBridge, bmcAddress } = fabric.host;
  const network = `link add ${bmcBridge} up type bridge\naddress add ${bmcAddress} dev ${bmcBridge}\n`;
  await namespace.host.run({ file: "ip", args: ["-batch", "-"], input: network });
});

afterEach(async () => {
  await stopBmcs(namespace.host, fabric, { runDir: RUN_DIR });
  await namespace.host.remove(folder);
  await namespace.close();
});

// The run directory is mounted noexec, like /run on Debian 13.
it("BMCs run without root's rights, even if only root may read Node and their programs", async () => {
  const { host } = namespace;
  const hidden = `${folder}/hidden`;
  await host.makeDirectory(hidden, 0o700);
  const programs = bmcPrograms({ name: null, config: null, sets: [] });
  const { node, proxy, chassis, fromMemory } = programs;
  await host.run({ file: "cp", args: [node, proxy, chassis, fromMemory, hidden] });
  const copyOf = (path: string) => `${hidden}/${path.split("/").at(-1)}`;
  const runDir = RUN_DIR;
  await startBmcs(host, fabric, {
    runDir,
    access: { kind: "on", user: "operator", password: "s3cret" },
    user: NOBODY,
    backend: "qemu",
    kvm: false,
    stateDir: runDir,
    targets: switchTargets(fabric, (name) => nodeFolder(runDir, name).bmcConsole),
    programs: {
      ...programs,
      node: copyOf(node),
      proxy: copyOf(proxy),
      chassis: copyOf(chassis),
      fromMemory: copyOf(fromMemory),
    },
  });

  const { simulators, proxy: proxying } = await findBmcProcesses(host, runDir);
  const pids = [...simulators.values(), proxying].flat();
  expect(pids).toHaveLength(fabric.nodes.length + 1);
  for (const { pid } of pids) {
    const status = (await host.readFile(`/proc/${pid}/status`)) ?? "";
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^Gid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^Groups:\s*$/m);
    // Bit 10: CAP_NET_BIND_SERVICE (capability.h).
    expect(status).toMatch(/^CapPrm:\t0000000000000400$/m);
    expect(status).toMatch(/^CapBnd:\t0000000000000400$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  }
  const address = fabric.nodes[0]?.bmc.address.address;
  // Its simulator runs the chassis program, which asks the proxy.
  const asked = await host.run({
    file: "ipmitool",
    args: `-I lanplus -U operator -P s3cret -H ${address} chassis power status`.split(" "),
  });
  expect(asked.stdout).toContain("Chassis Power is off");
});
