import { fabricNumber } from "../../fabric/mark.ts";
import type { Fabric, Node, Port } from "../../fabric/types.ts";
import type { Devices, NewInstance, Settings } from "../../incus/instances.ts";
import { leasesFile } from "../../nodes/leases-file.ts";
import { sha256 } from "../../render/sha256.ts";
import type { UploadedImage } from "./image/upload.ts";
import { KEYS } from "./names.ts";

export interface InstanceRequest {
  /** Its name. */
  readonly name: string;
  readonly runDir: string;
  readonly fabric: Fabric;
  readonly node: Node;
  /** Storage pool of the root disks and of the volume with /usr. */
  readonly pool: string;
  readonly image: UploadedImage;
  /** Limit on its processes. */
  readonly tasks: number;
}

/** Plans a switch's instance, without its files. @throws Error if the node has no member. */
export function newInstance(request: InstanceRequest): NewInstance {
  const { name, runDir, fabric, node, pool, image, tasks } = request;
  const { member } = node;
  if (member === undefined) {
    throw new Error(`${node.name} has no member`);
  }
  const devices = {
    root: { type: "disk", path: "/", pool },
    usr: { type: "disk", path: "/usr", pool, source: image.usr, readonly: "true" },
    ...nics(fabric, node),
  };
  const limits = {
    // After a member's start, its bridges are missing until the next up.
    "boot.autostart": "false",
    "limits.memory": `${node.machine.memoryMiB}MiB`,
    "limits.processes": `${tasks}`,
  };
  const made = sha256(JSON.stringify([member, image.image, limits, devices]));
  const config: Settings = {
    ...limits,
    [KEYS.fabric]: `${fabricNumber(runDir)}`,
    [KEYS.node]: node.name,
    [KEYS.made]: made,
    ...(leasesFile("", node) === null ? {} : { [KEYS.dhcp]: "true" }),
  };
  return { name, member, image: image.image, config, devices };
}

/** Each NIC's other end is a port of the link's bridge on the switch's member. */
function nics(fabric: Fabric, node: Node): Devices {
  const ends = new Map(
    fabric.links.flatMap(({ bridge, interfaces }) => interfaces.map(({ name }) => [name, bridge.name])),
  );
  return Object.fromEntries(
    node.ports.flatMap((port) => {
      const bridge = ends.get(port.tap);
      return bridge === undefined ? [] : [[port.name, nic(port, bridge)]];
    }),
  );
}

function nic({ name, mac, mtu, tap }: Port, bridge: string): Settings {
  return {
    type: "nic",
    nictype: "bridged",
    parent: bridge,
    host_name: tap,
    ...{ name, hwaddr: String(mac), mtu: `${mtu}` },
  };
}
