import { fabricNumber } from "../../fabric/mark.ts";
import type { Instance } from "../../incus/instances.ts";

/** Keys of an instance's configuration by which it is known again, whoever asks. */
export const KEYS = {
  /** Number of its fabric (fabricNumber). */
  fabric: "user.ikvswitch.fabric",
  node: "user.ikvswitch.node",
  /** Digest of all that only a new instance can have. */
  made: "user.ikvswitch.made",
  /** Set if it serves DHCP, and so has leases. */
  dhcp: "user.ikvswitch.dhcp",
  /** Digests of its files, as JSON. */
  applied: "user.ikvswitch.applied",
} as const;

/**
 * Returns the name of a switch's instance: that of the switch, in the default fabric. A project has one instance of a
 * name, and may have several fabrics.
 */
export function instanceName(runDir: string, node: string): string {
  const number = fabricNumber(runDir);
  return number === 0 ? node : `ikv${number}-${node}`;
}

/** Reports whether an instance is one of this fabric's switches. */
export function isOfFabric({ config }: Pick<Instance, "config">, runDir: string): boolean {
  return config[KEYS.fabric] === `${fabricNumber(runDir)}`;
}

/** Returns the name of the node that an instance of a fabric is. */
export function nodeOf({ config, name }: Pick<Instance, "name" | "config">): string {
  return config[KEYS.node] ?? name;
}

/**
 * Returns the switches of a fabric among these instances, by their nodes' names. A node has a second instance after a
 * lost member, from which it was moved, has returned.
 * @param isCurrent tells which of two it is.
 */
export function switchesOf(
  instances: readonly Instance[],
  runDir: string,
  isCurrent: (node: string, instance: Instance) => boolean,
): ReadonlyMap<string, Instance> {
  const own = instances.filter((instance) => isOfFabric(instance, runDir));
  const current = own.filter((instance) => isCurrent(nodeOf(instance), instance));
  return new Map([...own, ...current].map((instance) => [nodeOf(instance), instance]));
}

/**
 * Returns the name for a new instance of a node. It is `leaf5-2` if one on a lost member, which nobody can delete now,
 * has the usual one.
 * @param taken names of other instances.
 */
export function freeName(runDir: string, node: string, taken: ReadonlySet<string>): string {
  const usual = instanceName(runDir, node);
  let name = usual;
  for (let number = 2; taken.has(name); number++) {
    name = `${usual}-${number}`;
  }
  return name;
}
