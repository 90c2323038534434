import type { Host } from "../../system/host.ts";
import { readStateFile, type StateFile, writeStateFile } from "../../system/state-file.ts";
import { readEarlierLaunch } from "./earlier-launch.ts";
import { deriveLaunch, type Launch, type LaunchSpec } from "./launch.ts";
import type { NodeFolder } from "./node-folder.ts";

/** Returns undefined if the node was not brought up, or its launch file is unusable. */
export async function readLaunch(host: Host, folder: NodeFolder): Promise<Launch | undefined> {
  const file = await readLaunchFile(host, folder);
  return file.kind === "whole" ? file.document : undefined;
}

/** Reads the same launch, and reports the damage of a damaged file. */
export async function readLaunchFile(host: Host, folder: NodeFolder): Promise<StateFile<Launch>> {
  const file = await readStateFile<LaunchSpec>(host, folder.launch, FORM, 2);
  if (file.kind === "whole") {
    return { kind: "whole", document: deriveLaunch(file.document, folder) };
  }
  const earlier = file.kind === "damaged" ? await readEarlierLaunch(host, folder) : undefined;
  return earlier === undefined ? file : { kind: "whole", document: earlier };
}

const FORM = {
  name: "string",
  user: "object",
  machine: "object",
  ports: "array",
  boot: "object",
  commandDigest: "string",
} as const;

export async function writeLaunch(host: Host, folder: NodeFolder, spec: LaunchSpec): Promise<void> {
  await writeStateFile(host, folder.launch, `${JSON.stringify(spec, null, 2)}\n`);
}
