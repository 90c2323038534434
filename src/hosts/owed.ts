import type { ClusterSettings } from "../config/settings.ts";
import { LostMembersError } from "../errors.ts";
import { statePaths } from "../nodes/state-paths.ts";
import type { Host } from "../system/host.ts";
import { readStateFile, writeStateFile } from "../system/state-file.ts";

/** What `down` could not remove, since members did not answer: owed.json in STATE_DIR. A later command does it. */
export interface Owed extends ClusterSettings {
  readonly version: 1;
  /** Name of the backend of the switches. */
  readonly backend: string;
  /** The run directory, by which instances are known to be of this fabric. */
  readonly runDir: string;
  readonly members: readonly OwedMember[];
}

/** What is left on a member. */
export interface OwedMember {
  readonly name: string;
  /** Names of its instances. Some may be another fabric's: nothing was known but their names. */
  readonly instances: readonly string[];
  /** How to log in to remove the fabric's links; null if they are removed. */
  readonly network: { readonly address: string; readonly login: string } | null;
}

/** Where it is owed, but for the members. */
export type OwedPlace = Omit<Owed, "version" | "members">;

export const OWED_FORM = {
  backend: "string",
  runDir: "string",
  urls: "array",
  project: "string",
  members: "array",
} as const;

/** Undefined if nothing is owed, or the file is damaged. */
export async function readOwed(host: Host, stateDir: string): Promise<Owed | undefined> {
  const file = await readStateFile<Owed>(host, statePaths(stateDir).owed, OWED_FORM);
  return file.kind === "whole" ? file.document : undefined;
}

/** Adds what is left on members to the record. */
export async function addOwed(
  host: Host,
  stateDir: string,
  place: OwedPlace,
  members: readonly OwedMember[],
): Promise<void> {
  if (members.length > 0) {
    const known = (await readOwed(host, stateDir))?.members ?? [];
    await writeOwed(host, stateDir, { ...place, version: 1, members: mergeOwed(known, members) });
  }
}

/** Replaces the record; removes it if nothing is left on any member. Returns those where something is. */
export async function writeOwed(host: Host, stateDir: string, owed: Owed): Promise<readonly OwedMember[]> {
  const members = owed.members.filter(({ instances, network }) => instances.length > 0 || network !== null);
  const path = statePaths(stateDir).owed;
  if (members.length === 0) {
    await host.remove(path);
  } else {
    await writeStateFile(host, path, `${JSON.stringify({ ...owed, members }, null, 2)}\n`, 0o600);
  }
  return members;
}

/** Returns what is left on members, with each of them once. */
export function mergeOwed(known: readonly OwedMember[], more: readonly OwedMember[]): readonly OwedMember[] {
  const names = new Set([...known, ...more].map(({ name }) => name));
  return [...names].map((name) => {
    const parts = [...known, ...more].filter((one) => one.name === name);
    return {
      name,
      instances: [...new Set(parts.flatMap(({ instances }) => instances))].sort(),
      network: parts.findLast(({ network }) => network !== null)?.network ?? null,
    };
  });
}

/** @throws LostMembersError with what is left on members, after `down` has done the rest. */
export async function demandNothingOwed(host: Host, stateDir: string): Promise<void> {
  const owed = await readOwed(host, stateDir);
  if (owed !== undefined) {
    throw new LostMembersError(formatOwed(owed));
  }
}

export function formatOwed({ members }: Pick<Owed, "members">): string {
  const lines = members.map(({ name, instances, network }) => {
    const parts = [...instances, ...(network === null ? [] : ["its links"])];
    return `  ${name} does not answer; left there: ${parts.join(", ")}`;
  });
  const names = members.map(({ name }) => name);
  return [
    "The fabric is down, but not all of it is removed:",
    ...lines,
    `Run 'ikvswitch down' again when ${names.join(" and ")} ${names.length === 1 ? "is" : "are"} back.`,
  ].join("\n");
}
