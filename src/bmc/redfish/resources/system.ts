import type { JsonObject } from "../../../untrusted-json.ts";
import type { MachineFacts } from "../../model/control.ts";
import { type BootState, bootProperty } from "./boot.ts";
import { identityOf, powerOf } from "./machine.ts";
import { link, type Uris } from "./uris.ts";

export const RESET_TYPES = [
  "On",
  "ForceOff",
  "GracefulShutdown",
  "GracefulRestart",
  "ForceRestart",
  "Nmi",
  "PushPowerButton",
] as const;

export interface SystemState {
  readonly power: "on" | "off";
  /** Null if nothing but its own image can be booted. */
  readonly boot: BootState | null;
  readonly hasCd: boolean;
}

/** A computer system (schema ComputerSystem 1.13). */
export function systemResource(
  uris: Uris,
  facts: MachineFacts,
  { power, boot, hasCd }: SystemState,
): JsonObject {
  return {
    "@odata.id": uris.system,
    "@odata.type": "#ComputerSystem.v1_13_0.ComputerSystem",
    ...identityOf(facts),
    SystemType: "Virtual",
    UUID: facts.uuid,
    ...powerOf(power),
    // An empty one, because sushy reads no system without it.
    Boot: boot === null ? {} : bootProperty(boot, hasCd),
    ProcessorSummary: { Count: facts.vcpus, LogicalProcessorCount: facts.vcpus },
    MemorySummary: { TotalSystemMemoryGiB: facts.memoryMiB / 1024 },
    EthernetInterfaces: link(uris.nics),
    ...(hasCd ? { VirtualMedia: link(uris.media) } : {}),
    Links: { Chassis: [link(uris.chassis)], ManagedBy: [link(uris.manager)] },
    Actions: {
      "#ComputerSystem.Reset": { target: uris.reset, "ResetType@Redfish.AllowableValues": RESET_TYPES },
    },
  };
}

/** A network interface of a computer system (schema EthernetInterface 1.6). */
export function nicResource(uris: Uris, { name, mac, mtu }: MachineFacts["nics"][number]): JsonObject {
  return {
    "@odata.id": uris.nic(name),
    "@odata.type": "#EthernetInterface.v1_6_0.EthernetInterface",
    Id: name,
    Name: name,
    MACAddress: mac,
    PermanentMACAddress: mac,
    MTUSize: mtu,
    Status: { State: "Enabled", Health: "OK" },
  };
}
