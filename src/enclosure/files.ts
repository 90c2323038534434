import type { Host } from "../system/host.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { recordedProcess } from "../system/process-record.ts";
import type { EnclosurePlace } from "./place.ts";

/** Returns the first process of the running enclosure, with which everything in it ends; undefined if none runs. */
export async function runningEnclosure(
  host: Host,
  { folder }: EnclosurePlace,
): Promise<ProcessIdentity | undefined> {
  return recordedProcess(host, `${folder}/pid`);
}

/** Returns the network devices that the enclosure had at its start: its loopback and its way out. */
export async function firstDevices(host: Host, { folder }: EnclosurePlace): Promise<readonly string[]> {
  return ((await host.readFile(`${folder}/devices`)) ?? "").split("\n").filter((name) => name !== "");
}
