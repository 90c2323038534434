import type { AttachedVm } from "../backends/model/snapshots.ts";
import { UsageError } from "../errors.ts";
import { checkStoredName } from "../system/stored-name.ts";

/**
 * Parses attached VMs as given on the command line: `NAME=/path/of/its/qmp.sock`.
 * @throws UsageError with the problem of the first invalid one.
 */
export function parseAttachedVms(words: readonly string[]): readonly AttachedVm[] {
  const machines = words.map((word) => {
    const cut = word.indexOf("=");
    const [name, qmp] = [word.slice(0, Math.max(0, cut)), word.slice(cut + 1)];
    if (!qmp.startsWith("/") || qmp.includes("\0")) {
      throw new UsageError(`invalid value of --machine: ${word} is not NAME=QMP_SOCKET`);
    }
    checkStoredName("a machine", name);
    return { name, qmp };
  });
  const names = machines.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UsageError(`--machine ${twice} was given twice`);
  }
  return machines;
}
