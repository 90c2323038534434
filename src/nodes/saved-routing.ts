import { changedFacts, type RoutingFacts } from "../render/routing-facts.ts";
import type { Host } from "../system/host.ts";
import { readTextFile } from "../system/state-file.ts";
import { statePaths } from "./state-paths.ts";

/** A switch's routing configuration that `save` kept. */
export type SavedRouting =
  | { readonly kind: "none" }
  | { readonly kind: "fits"; readonly frrConf: string }
  /** It is not used. `reason` is the end of "what was saved is not used: …". */
  | { readonly kind: "unfit"; readonly reason: string };

/** More than the configuration of a switch in the largest fabric. */
const MAX_BYTES = 4 * 1024 * 1024;

export function savedPath(stateDir: string, nodeName: string): string {
  return `${statePaths(stateDir).overrides}/${nodeName}/frr.conf`;
}

/** Formats the line that explains why a saved configuration is not used. */
export function unusedLine(nodeName: string, reason: string): string {
  return `${nodeName}: ignoring its saved configuration: ${reason}. Replace it with 'ikvswitch save ${nodeName}', or delete it with 'ikvswitch save --reset ${nodeName}'`;
}

/**
 * Reads a switch's saved configuration, and checks that it fits the planned switch: FRR would accept any, and a leaf
 * with outdated AS numbers would become a path between the spines.
 */
export async function readSaved(
  host: Host,
  stateDir: string,
  nodeName: string,
  facts: RoutingFacts,
): Promise<SavedRouting> {
  const path = savedPath(stateDir, nodeName);
  const file = await readTextFile(host, path, MAX_BYTES);
  if (file.kind !== "whole") {
    return file.kind === "none" ? file : { kind: "unfit", reason: `${path}: ${file.reason}` };
  }
  const text = file.document;
  if (text.includes("\0") || text.trim() === "") {
    return { kind: "unfit", reason: `${path} is damaged` };
  }
  const saved = factsOf(text);
  if (Object.keys(saved).length === 0) {
    return { kind: "unfit", reason: `${path} does not record the plan it was saved for` };
  }
  const changed = changedFacts(saved, facts);
  return changed.length === 0
    ? { kind: "fits", frrConf: text.replaceAll(FACT_LINE, "") }
    : { kind: "unfit", reason: `the plan changed: ${changed.join("; ")}` };
}

/**
 * Saves a configuration, with the facts on which it depends in comments at its head. One that was not used is kept
 * aside.
 */
export async function writeSaved(
  host: Host,
  stateDir: string,
  nodeName: string,
  { facts, frrConf }: { readonly facts: RoutingFacts; readonly frrConf: string },
): Promise<void> {
  const path = savedPath(stateDir, nodeName);
  if ((await readSaved(host, stateDir, nodeName, facts)).kind === "unfit") {
    await host.remove(`${path}.unused`);
    await host.rename(path, `${path}.unused`);
  }
  const head = Object.entries(facts).map(([name, value]) => `${FACT}${name}: ${value}\n`);
  await host.writeFile(path, `${head.join("")}${frrConf}`, 0o600);
}

const FACT = "! rests on ";
const FACT_LINE = /^! rests on ([^:\n]+): (.*)\n/gm;

function factsOf(text: string): RoutingFacts {
  return Object.fromEntries([...text.matchAll(FACT_LINE)].map(([, name = "", value = ""]) => [name, value]));
}
