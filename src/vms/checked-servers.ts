import type { CheckedServer } from "../check/model/server.ts";
import type { Fabric } from "../fabric/types.ts";
import { emulatorProcess } from "../qemu/power.ts";
import type { Host } from "../system/host.ts";
import { type VmPlace, vmFolder } from "./folder.ts";
import { findVms } from "./observe.ts";

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
  const processes = await Promise.all(
    servers.map(({ name }) => emulatorProcess(host, vmFolder(place, name))),
  );
  return servers.filter((_, index) => processes[index] !== undefined);
}
