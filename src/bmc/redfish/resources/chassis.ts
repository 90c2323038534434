import type { JsonObject } from "../../../untrusted-json.ts";
import type { MachineFacts } from "../../model/control.ts";
import { identityOf, powerOf } from "./machine.ts";
import { link, type Uris } from "./uris.ts";

/** A chassis (schema Chassis 1.14). */
export function chassisResource(uris: Uris, facts: MachineFacts, power: "on" | "off"): JsonObject {
  return {
    "@odata.id": uris.chassis,
    "@odata.type": "#Chassis.v1_14_0.Chassis",
    ...identityOf(facts),
    ChassisType: "RackMount",
    ...powerOf(power),
    Links: { ComputerSystems: [link(uris.system)], ManagedBy: [link(uris.manager)] },
  };
}
