import type { BmcAccess } from "../../src/bmc/access.ts";
import type { BmcSettings } from "../../src/bmc/plan.ts";
import { switchTargets } from "../../src/bmc/target.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric, Node } from "../../src/fabric/types.ts";
import { shippedConfig } from "../fabric/config.ts";

export const fabric: Fabric = planFabric(shippedConfig());

export function nodeCalled(name: string): Node {
  const found = fabric.nodes.find((node) => node.name === name);
  if (found === undefined) {
    throw new Error(`no ${name} in the plan`);
  }
  return found;
}

export const access = { kind: "on", user: "admin", password: "s3cret" } as const satisfies BmcAccess;

export const settings: BmcSettings = {
  runDir: "/run/ikvswitch",
  access,
  backend: "qemu",
  user: { name: "ikvswitch", uid: 999, gid: 998, kvmGid: 107 },
  kvm: false,
  stateDir: "/var/lib/ikvswitch",
  certificates: new Map(fabric.nodes.map(({ name }) => [name, { key: "KEY", certificate: "CERTIFICATE" }])),
  targets: switchTargets(fabric, (node) => `/run/ikvswitch/nodes/${node}/run/sol.sock`),
  programs: {
    node: "/usr/bin/node",
    proxy: "/usr/share/ikvswitch/dist/bmc/proxy.mjs",
    chassis: "/usr/share/ikvswitch/libexec/bmc-chassis",
    fromMemory: "/usr/share/ikvswitch/libexec/from-memory",
    agent: "/usr/share/ikvswitch/libexec/bmc-agent",
    command: "/usr/share/ikvswitch/bin/ikvswitch",
    options: { name: null, config: "/etc/own.conf", sets: ["BMC_PASSWORD=s3cret=x"] },
  },
};
