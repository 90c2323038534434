import type { CheckedServer } from "../check/model/server.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { VmPlace } from "./folder.ts";
import { areRunning, findVms } from "./observe.ts";

/** Returns the running VMs that announce an address, for `check`. */
export async function checkedServers(
  host: Host,
  { racks }: Pick<Fabric, "racks">,
  place: VmPlace,
): Promise<readonly CheckedServer[]> {
  const vms = await findVms(host, place);
  const servers = vms.flatMap(({ record }): readonly CheckedServer[] => {
    // The configuration may have lost its position since it was made.
    const isPlanned = racks.some(
      ({ number, positions }) => number === record?.rack && positions.includes(record.position),
    );
    return record?.announced && isPlanned
      ? [{ name: record.name, rack: record.rack, position: record.position, ...record.announced }]
      : [];
  });
  const running = await areRunning(host, place, servers);
  return servers.filter((_, index) => running[index]);
}
