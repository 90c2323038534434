import { type BmcTarget, machineUuid } from "../bmc/target.ts";
import { serverBmc } from "../fabric/server-bmc.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { type VmPlace, vmFolder } from "./folder.ts";
import { vmNics } from "./nics.ts";
import { findVms } from "./observe.ts";
import type { VmRecord } from "./record.ts";

/** Returns the VMs as machines with BMCs, but for those that the plan has no position or no address for. */
export async function vmTargets(host: Host, fabric: Fabric, place: VmPlace): Promise<readonly BmcTarget[]> {
  const vms = await findVms(host, place);
  return vms.flatMap(({ record }) => (record === null ? [] : vmTarget(fabric, place, record)));
}

function vmTarget(fabric: Fabric, place: VmPlace, record: VmRecord): readonly BmcTarget[] {
  const { name, rack, position, profile } = record;
  const bmc = serverBmc(fabric, rack, position);
  if (bmc === null) {
    return [];
  }
  const nics = vmNics(fabric, record);
  return [
    {
      index: bmc.index,
      bmc,
      facts: {
        name,
        role: "server",
        uuid: machineUuid(fabric.domain, name),
        vcpus: profile.vcpus,
        memoryMiB: profile.memoryMiB,
        nics: nics.map(({ nic, mac, mtu }) => ({ name: `nic${nic}`, mac: String(mac), mtu })),
      },
      kind: "vm",
      choosesBoot: profile.image === "none",
      console: vmFolder(place, name).sol,
    },
  ];
}
