import { UsageError } from "../../../errors.ts";
import type { FoundVm } from "../../../vms/observe.ts";
import type { VmRecord } from "../../../vms/record.ts";
import type { Context } from "../../context.ts";

type Place = Pick<Context, "host" | "settings">;

/**
 * Finds VMs by their names, also damaged ones.
 * @throws UsageError for one that does not exist, with those that do.
 */
export async function findNamed(
  { host, settings }: Place,
  names: readonly string[],
): Promise<readonly FoundVm[]> {
  const { findVms } = await import("../../../vms/observe.ts");
  const vms = await findVms(host, settings);
  return names.map((name) => {
    const found = vms.find((vm) => vm.name === name);
    if (found === undefined) {
      const known = vms.map((vm) => vm.name).join(", ");
      throw new UsageError(
        `no VM ${name}${known === "" ? "; 'ikvswitch vm create' makes one" : ` (there are ${known})`}`,
      );
    }
    return found;
  });
}

/** Returns the records of these VMs. @throws UsageError as above, and for a damaged record. */
export async function findRecords(context: Place, names: readonly string[]): Promise<readonly VmRecord[]> {
  const { vmFolder } = await import("../../../vms/folder.ts");
  return (await findNamed(context, names)).map(({ name, record }) => {
    if (record === null) {
      const path = vmFolder(context.settings, name).record;
      throw new UsageError(`${path} is damaged; 'ikvswitch vm rm ${name}' deletes the VM`);
    }
    return record;
  });
}

export async function findRecord(context: Place, name: string): Promise<VmRecord> {
  const [record] = await findRecords(context, [name]);
  if (record === undefined) {
    throw new UsageError(`no VM ${name}`);
  }
  return record;
}
