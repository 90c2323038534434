import { UsageError } from "../errors.ts";
import { serverName } from "../fabric/ends.ts";
import type { Fabric, HostInterface, InterfaceName } from "../fabric/types.ts";

/**
 * Returns the host's interface on which a link's frames are seen: the host's end of a switch's port (`leaf1 ens4`,
 * `leaf1:ens4`) or of a server's (`server1-3-1`), or an interface or bridge of ours by its name.
 * @throws UsageError that lists the valid names.
 */
export function captureTarget(fabric: Fabric, node: string, port?: string): InterfaceName {
  const [name, portName] = port === undefined ? node.split(":", 2) : [node, port];
  if (name === undefined || (port !== undefined && node.includes(":"))) {
    throw new UsageError(
      `"${node}" is not a switch; give a switch and its interface: leaf1 ens4, or leaf1:ens4`,
    );
  }
  return portName === undefined ? namedInterface(fabric, name) : portInterface(fabric, name, portName);
}

function portInterface(fabric: Fabric, nodeName: string, portName: string): InterfaceName {
  const node = fabric.nodes.find(({ name }) => name === nodeName);
  if (node === undefined) {
    const names = fabric.nodes.map(({ name }) => name).join(", ");
    throw new UsageError(`unknown switch: ${nodeName} (choose from ${names})`);
  }
  const port = node.ports.find(({ name }) => name === portName);
  if (port === undefined) {
    const names = node.ports.map(({ name }) => name).join(", ");
    throw new UsageError(
      `${nodeName} has no interface "${portName}" (choose from ${names}; VLANs are tagged frames of these)`,
    );
  }
  return port.tap;
}

function namedInterface(fabric: Fabric, name: string): InterfaceName {
  for (const { bridge, interfaces } of fabric.links) {
    const found = interfaces.find((candidate) => isNamed(candidate, name));
    if (bridge.name === name || found !== undefined) {
      return found?.name ?? bridge.name;
    }
  }
  if (fabric.nodes.some((node) => node.name === name)) {
    throw new UsageError(`missing interface of ${name}: ikvswitch capture ${name} ens4`);
  }
  throw new UsageError(
    `unknown link: ${name}; give a switch and its interface (leaf1 ens4), a server's NIC (server1-3-1), ` +
      "a host interface or a bridge, as listed by 'ikvswitch link ls'",
  );
}

function isNamed({ name, end }: HostInterface, word: string): boolean {
  return name === word || (end.kind === "server" && word === serverName(end));
}
