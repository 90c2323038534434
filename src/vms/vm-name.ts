import { UsageError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";

/** A name becomes part of paths, of QEMU's options, and the host name. */
const NAME = /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/;

/** @throws UsageError if a VM can't have this name. */
export function checkVmName(fabric: Fabric, name: string): void {
  if (!NAME.test(name)) {
    throw new UsageError(
      `invalid name: ${JSON.stringify(name)} (up to 30 lower-case letters, digits and -, beginning with a letter)`,
    );
  }
  if (fabric.nodes.some((node) => node.name === name)) {
    throw new UsageError(`${name} is a switch; choose another name`);
  }
}

/**
 * Returns names for new VMs.
 * @param name given by the user; undefined: that of the profile, numbered.
 * @throws UsageError if a VM has the given name.
 */
export function newNames(
  {
    name,
    count,
    profile,
  }: { readonly name: string | undefined; readonly count: number; readonly profile: string },
  taken: readonly string[],
): readonly string[] {
  if (name !== undefined && count === 1) {
    if (taken.includes(name)) {
      throw new UsageError(`a VM ${name} exists; 'ikvswitch vm rm ${name}' deletes it`);
    }
    return [name];
  }
  const names: string[] = [];
  for (let number = 1; names.length < count; number++) {
    const candidate = `${name ?? profile.toLowerCase()}${number}`;
    if (!taken.includes(candidate)) {
      names.push(candidate);
    }
  }
  return names;
}
