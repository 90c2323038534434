import { isDeepStrictEqual } from "node:util";
import type { ClusterSettings } from "../../config/settings.ts";
import type { StateRequest } from "../../incus/cluster-state.ts";
import type { Host } from "../../system/host.ts";
import { readVersioned, writeStateFile } from "../../system/state-file.ts";
import { instanceName } from "./names.ts";

/** Where the switches of this run directory are: cluster.json in it. All else is known to the cluster. */
export interface ClusterFile extends ClusterSettings {
  readonly version: 1;
  /** Folder with the key, and the cluster's certificate. */
  readonly stateDir: string;
  /** True if the members' kernels have 802.1Q. */
  readonly vlans: boolean;
  /** URLs of the cluster's members, by name. Absent in files of earlier builds; the next likewise. */
  readonly members?: Readonly<Record<string, string>>;
  /** The planned switches, by their nodes' names. */
  readonly switches?: Readonly<Record<string, PlacedSwitch>>;
}

export interface PlacedSwitch {
  /** Name of its instance. */
  readonly instance: string;
  readonly member: string;
}

/** Returns the name of a node's instance. */
export function instanceOf(
  { switches }: Pick<ClusterFile, "switches">,
  runDir: string,
  node: string,
): string {
  return switches?.[node]?.instance ?? instanceName(runDir, node);
}

/** Returns what to ask the cluster to find out which of the switches' members answer. */
export function stateRequest({ pool, members, switches }: ClusterFile): StateRequest {
  const names = switches && [...new Set(Object.values(switches).map(({ member }) => member))];
  return { pool, names, known: members };
}

const FORM = { stateDir: "string", urls: "array", project: "string" } as const;

/** Undefined if no switches are in a cluster. */
export function readClusterFile(host: Host, runDir: string): Promise<ClusterFile | undefined> {
  return readVersioned<ClusterFile>(host, clusterFilePath(runDir), FORM);
}

export async function writeClusterFile(
  host: Host,
  runDir: string,
  found: Omit<ClusterFile, "version">,
): Promise<void> {
  const file: ClusterFile = { version: 1, ...found };
  if (!isDeepStrictEqual(await readClusterFile(host, runDir), file)) {
    await writeStateFile(host, clusterFilePath(runDir), `${JSON.stringify(file)}\n`, 0o600);
  }
}

export function clusterFilePath(runDir: string): string {
  return `${runDir}/cluster.json`;
}
