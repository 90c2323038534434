import { createHash } from "node:crypto";
import type { Fabric, Node } from "../fabric/types.ts";
import type { BmcPlace } from "./endpoint.ts";
import type { MachineFacts } from "./model/control.ts";

/** A machine that gets a BMC. */
export interface BmcTarget extends BmcPlace {
  readonly facts: MachineFacts;
  /** What runs it: the switches' backend, or `vm`. */
  readonly kind: "switch" | "vm";
  /** True if it has a boot device to choose, and a CD drive. */
  readonly choosesBoot: boolean;
  /** The unix socket of its serial console for its BMC. */
  readonly console: string;
}

/** Returns the switches as machines with BMCs. */
export function switchTargets(
  { domain, nodes }: Pick<Fabric, "domain" | "nodes">,
  consoleOf: (nodeName: string) => string,
): readonly BmcTarget[] {
  return nodes.map((node) => ({
    index: node.index,
    bmc: node.bmc,
    facts: switchFacts(domain, node),
    kind: "switch",
    choosesBoot: false,
    console: consoleOf(node.name),
  }));
}

function switchFacts(domain: string, { name, role, machine, ports }: Node): MachineFacts {
  const { vcpus, memoryMiB } = machine;
  const nics = ports.map((port) => ({ name: port.name, mac: String(port.mac), mtu: port.mtu }));
  return { name, role, uuid: machineUuid(domain, name), vcpus, memoryMiB, nics };
}

/** Returns the UUID of the machine with this name in a fabric: always the same one (version 5, RFC 9562). */
export function machineUuid(domain: string, name: string): string {
  const bytes = createHash("sha1").update(`ikvswitch/${domain}/${name}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
