import { InterruptedError } from "../../../errors.ts";
import type { Node } from "../../../fabric/types.ts";
import type { BootFiles } from "../../../image/store.ts";
import type { Accelerator } from "../../../qemu/accelerator.ts";
import type { Architecture } from "../../../system/architecture.ts";
import { mapAtOnce } from "../../../system/at-once.ts";
import type { EmulatorUser } from "../../../system/confine.ts";
import { killProcess } from "../../../system/end-process.ts";
import type { Host } from "../../../system/host.ts";
import { removeUnfinishedFolders } from "../../../system/whole-folder.ts";
import type { MachineMemory } from "../command.ts";
import { removeNode } from "../make-node-folders.ts";
import { memorySource } from "../memory-source.ts";
import { nodeFolders } from "../node-folder.ts";
import { findMachines } from "../process.ts";
import { hostFacts, type WarmBaseFacts, warmBaseFacts, warmBaseKey } from "./key.ts";
import { warmBaseMachine } from "./machine.ts";
import { makeWarmBase, WARM_BASE_NODE } from "./make.ts";
import { findWarmBase, warmBaseFolder, warmBasesFolder } from "./store.ts";

export interface WarmBasesRequest {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly qemuVersion: string;
  readonly boot: BootFiles;
  readonly user: EmulatorUser;
  readonly runDir: string;
  readonly vncListen: string;
  /** Size of the disk for a node's files. */
  readonly diskBytes: number;
  /** Number of warm bases that are booted at the same time. */
  readonly atOnce: number;
  /** Limit for making one. */
  readonly timeoutMs: number;
  /** If true, a warm base that can't be made is a failure; otherwise its nodes have no source. */
  readonly mustHave: boolean;
  readonly note: (text: string) => void;
  readonly onWarning: (text: string) => void;
}

/** The source from which a node's VM is cloned. */
export interface CloneSource {
  readonly memory: Extract<MachineMemory, { readonly source: unknown }>;
  /** File with the state of the warm base's processor and devices. */
  readonly state: string;
}

export interface ProvidedWarmBases {
  /** By node; nodes without a source must boot. */
  readonly sources: ReadonlyMap<string, CloneSource>;
  readonly made: number;
}

/** Finds the warm bases of these nodes' VMs, and makes those that do not exist. */
export async function provideWarmBases(
  host: Host,
  nodes: readonly Node[],
  request: WarmBasesRequest,
): Promise<ProvidedWarmBases> {
  const imageFolder = request.boot.folder;
  await removeUnfinishedFolders(host, warmBasesFolder(imageFolder));
  await stopAbandonedMachines(host, request.runDir);
  const wanted = await wantedWarmBases(host, nodes, request);
  const usable = new Set<string>();
  const outcomes = await mapAtOnce([...wanted], request.atOnce, async ([key, next]) => {
    const outcome = await provide(host, imageFolder, next, request);
    if (outcome !== "failed") {
      usable.add(key);
    }
    request.note(`${usable.size} of ${wanted.size} exist`);
    return outcome;
  });
  const sources = [...wanted].flatMap(([key, { nodes: alike }]) =>
    usable.has(key) ? alike.map(({ name }) => [name, cloneSource(imageFolder, key, request)] as const) : [],
  );
  return { sources: new Map(sources), made: outcomes.filter((outcome) => outcome === "made").length };
}

export interface WantedWarmBase {
  readonly facts: WarmBaseFacts;
  /** Nodes with equal VMs. */
  readonly nodes: readonly Node[];
}

/** Returns the warm bases from which these nodes' VMs are cloned, by key. */
export async function wantedWarmBases(
  host: Host,
  nodes: readonly Node[],
  settings: Pick<WarmBasesRequest, "architecture" | "accelerator" | "qemuVersion" | "boot" | "user">,
): Promise<ReadonlyMap<string, WantedWarmBase>> {
  const common = await hostFacts(host, settings);
  const wanted = new Map<string, WantedWarmBase>();
  for (const node of nodes) {
    const facts = warmBaseFacts(common, warmBaseMachine(node), settings);
    const key = warmBaseKey(facts);
    wanted.set(key, { facts, nodes: [...(wanted.get(key)?.nodes ?? []), node] });
  }
  return wanted;
}

async function provide(
  host: Host,
  imageFolder: string,
  { facts, nodes }: WantedWarmBase,
  request: WarmBasesRequest,
): Promise<"found" | "made" | "failed"> {
  const names = nodes.map(({ name }) => name).join(", ");
  const found = await findWarmBase(host, imageFolder, warmBaseKey(facts));
  if (found.kind === "whole") {
    return "found";
  }
  if (found.kind === "damaged") {
    request.onWarning(`warm base of ${names} is damaged (${found.reason}), rebuilding it`);
  }
  const [first] = nodes;
  if (first === undefined) {
    return "failed";
  }
  request.note(`booting the warm base of ${names}`);
  try {
    await makeWarmBase(host, { ...request, facts, imageFolder, machine: warmBaseMachine(first) });
    return "made";
  } catch (error) {
    if (request.mustHave || error instanceof InterruptedError) {
      throw error;
    }
    request.onWarning(
      `cannot prepare a warm base of ${names}: ${error instanceof Error ? error.message : error}`,
    );
    return "failed";
  }
}

function cloneSource(
  imageFolder: string,
  key: string,
  { qemuVersion }: Pick<WarmBasesRequest, "qemuVersion">,
): CloneSource {
  const folder = warmBaseFolder(imageFolder, key);
  return {
    memory: { kind: "clone", source: memorySource(`${folder}/memory`, qemuVersion) },
    state: `${folder}/state`,
  };
}

/**
 * Removes the remains of interrupted makers of warm bases. The kernel ends a warm base's VM with its maker, so only a
 * folder remains, or a VM that the kernel has not ended yet.
 */
async function stopAbandonedMachines(host: Host, runDir: string): Promise<void> {
  for (const [name, processes] of await findMachines(host, runDir)) {
    if (name.startsWith(WARM_BASE_NODE)) {
      await Promise.all(processes.map((process) => killProcess(host, process, name)));
    }
  }
  const folders = await nodeFolders(host, runDir);
  await Promise.all(
    folders.filter(({ name }) => name.startsWith(WARM_BASE_NODE)).map((folder) => removeNode(host, folder)),
  );
}
