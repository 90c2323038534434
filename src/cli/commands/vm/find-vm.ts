import { UsageError } from "../../../errors.ts";
import type { VmRecord } from "../../../vms/record.ts";
import type { Context } from "../../context.ts";

/**
 * Finds VMs by their names.
 * @throws UsageError for one that does not exist, with those that do, or whose record is damaged.
 */
export async function findRecords(
  { host, settings }: Context,
  names: readonly string[],
): Promise<readonly VmRecord[]> {
  const { findVms } = await import("../../../vms/observe.ts");
  const { vmFolder } = await import("../../../vms/folder.ts");
  const vms = await findVms(host, settings);
  return names.map((name) => {
    const found = vms.find((vm) => vm.name === name);
    if (found === undefined) {
      const known = vms.map((vm) => vm.name).join(", ");
      throw new UsageError(
        `no VM ${name}${known === "" ? "; 'ikvswitch vm create' makes one" : ` (there are ${known})`}`,
      );
    }
    if (found.record === null) {
      const { record } = vmFolder(settings, name);
      throw new UsageError(`${record} is damaged; 'ikvswitch vm rm ${name}' deletes the VM`);
    }
    return found.record;
  });
}

export async function findRecord(context: Context, name: string): Promise<VmRecord> {
  const [record] = await findRecords(context, [name]);
  if (record === undefined) {
    throw new UsageError(`no VM ${name}`);
  }
  return record;
}
