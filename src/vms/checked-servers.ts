import type { CheckedServer } from "../check/model/server.ts";
import { serverAddress6 } from "../fabric/server-address.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { VmPlace } from "./folder.ts";
import { isPlanned } from "./nics.ts";
import { areRunning, findVms } from "./observe.ts";

/** Returns the running VMs that announce an address, for `check`. */
export async function checkedServers(
  host: Host,
  fabric: Pick<Fabric, "racks" | "networks6">,
  place: VmPlace,
): Promise<readonly CheckedServer[]> {
  const vms = await findVms(host, place);
  const servers = vms.flatMap(({ record }): readonly CheckedServer[] => {
    if (!record?.announced || !isPlanned(fabric, record)) {
      return [];
    }
    const { name, rack, position, profile, announced } = record;
    const address6 =
      fabric.networks6 === undefined ? {} : { address6: String(serverAddress6(fabric, rack, position)) };
    return [{ name, rack, position, nics: profile.nics, ...announced, ...address6 }];
  });
  const running = await areRunning(host, place, servers);
  return servers.filter((_, index) => running[index]);
}
