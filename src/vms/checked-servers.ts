import type { CheckedServer } from "../check/model/server.ts";
import { serverAddress6 } from "../fabric/server-address.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { VmPlace } from "./folder.ts";
import { areRunning, findVms } from "./observe.ts";

/** Returns the running VMs that announce an address, for `check`. */
export async function checkedServers(
  host: Host,
  fabric: Pick<Fabric, "racks" | "networks6">,
  place: VmPlace,
): Promise<readonly CheckedServer[]> {
  const vms = await findVms(host, place);
  const servers = vms.flatMap(({ record }): readonly CheckedServer[] => {
    // The configuration may have lost its position since it was made.
    const isPlanned = fabric.racks.some(
      ({ number, positions }) => number === record?.rack && positions.includes(record.position),
    );
    return record?.announced && isPlanned
      ? [
          {
            ...{ name: record.name, rack: record.rack, position: record.position, ...record.announced },
            ...(fabric.networks6 === undefined
              ? {}
              : { address6: String(serverAddress6(fabric, record.rack, record.position)) }),
          },
        ]
      : [];
  });
  const running = await areRunning(host, place, servers);
  return servers.filter((_, index) => running[index]);
}
