import type { Fabric, InterfaceName } from "../fabric/types.ts";
import type { Change, DeviceAttribute } from "./changes.ts";
import type { ObservedNetwork } from "./model/observed.ts";
import { deviceOwnership } from "./model/ownership.ts";

/** Attributes of a link's ends that injected faults change. */
const FAULTS: readonly DeviceAttribute[] = ["state", "qdisc"];

/** Kinds of device at the ends of links. */
const CABLE_ENDS: readonly string[] = ["tap", "veth"];

/** Returns the changes without those that would clear injected faults. */
export function withoutFaults(changes: readonly Change[]): readonly Change[] {
  return changes.flatMap((change) => {
    if (change.kind !== "set-device" || !CABLE_ENDS.includes(change.device.kind)) {
      return [change];
    }
    const wrong = change.wrong.filter(({ name }) => !FAULTS.includes(name));
    return wrong.length === 0 ? [] : [{ ...change, wrong }];
  });
}

/** Ports of our bridges that are down. */
export function portsDown(fabric: Fabric, { devices }: ObservedNetwork): readonly InterfaceName[] {
  return devices
    .filter(deviceOwnership(fabric, devices))
    .filter(({ master, up }) => master !== null && !up)
    .map(({ name }) => name);
}
