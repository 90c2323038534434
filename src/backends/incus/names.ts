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

/** Returns the switches of a fabric among these instances, by their nodes' names. */
export function switchesOf(instances: readonly Instance[], runDir: string): ReadonlyMap<string, Instance> {
  const own = instances.filter((instance) => isOfFabric(instance, runDir));
  return new Map(own.map((instance) => [instance.config[KEYS.node] ?? instance.name, instance]));
}
