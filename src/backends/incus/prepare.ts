import type { Fabric, Node } from "../../fabric/types.ts";
import { untaggedFabric } from "../../fabric/untagged.ts";
import type { Cluster } from "../../incus/client.ts";
import type { Instance, NewInstance } from "../../incus/instances.ts";
import { listInstances } from "../../incus/list-instances.ts";
import type { NodeAction } from "../../nodes/outcome.ts";
import { type RenderedNode, renderNodes } from "../../nodes/render-nodes.ts";
import { loadTemplates } from "../../nodes/templates.ts";
import { digestFiles, type FileDigests } from "../../render/hash.ts";
import type { NodeFile, RenderOptions } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";
import { fieldsOf, isObject, parseJson } from "../../untrusted-json.ts";
import type { CompareRequest } from "../model/backend.ts";
import { archiveOf } from "../model/guest-files.ts";
import { containerFiles } from "./files.ts";
import type { UploadedImage } from "./image/upload.ts";
import { freeName, KEYS, switchesOf } from "./names.ts";
import { type InstanceRequest, newInstance } from "./new-instance.ts";

/** The action for one switch, with all the data that it needs. */
export interface ContainerWork {
  readonly node: Node;
  readonly action: NodeAction;
  /** Undefined if it does not exist yet. */
  readonly existing: Instance | undefined;
  readonly wanted: NewInstance;
  readonly archive: Uint8Array;
  readonly digests: FileDigests;
  readonly files: readonly NodeFile[];
  /** Digests of the files that it has; undefined if unknown. */
  readonly applied: FileDigests | undefined;
}

export interface WorkRequest extends Pick<CompareRequest, "settings" | "product"> {
  readonly fabric: Fabric;
  readonly rendered: readonly RenderedNode[];
  readonly pool: string;
  readonly image: UploadedImage;
  /** Names of members that don't answer: their switches are left out. */
  readonly silent: ReadonlySet<string>;
}

/** As for namespaces: a login gives access close to the member's kernel, so a password is not enough. */
export const CONTAINER_OPTIONS: RenderOptions = { passwordLogin: false };

/** @param vlans true if the members' kernels have 802.1Q. */
export function fabricFor(fabric: Fabric, vlans: boolean): Fabric {
  return vlans ? fabric : untaggedFabric(fabric);
}

export async function renderContainers(
  host: Host,
  { settings, product, onWarning }: Pick<CompareRequest, "settings" | "product" | "onWarning">,
  fabric: Fabric,
): Promise<readonly RenderedNode[]> {
  const templates = await loadTemplates(host, product.templates);
  return renderNodes(host, { settings, fabric, templates, options: CONTAINER_OPTIONS, onWarning });
}

/** Compares the planned switches with those in the cluster. Changes nothing. */
export async function prepareContainers(
  host: Host,
  cluster: Cluster,
  request: WorkRequest,
): Promise<readonly ContainerWork[]> {
  const { settings, fabric, rendered, pool, image, silent } = request;
  const { runDir, maxProcesses: tasks } = settings;
  const [own, all] = await Promise.all([
    containerFiles(host, request.product.guest),
    listInstances(cluster, { pool, silent }),
  ]);
  const planned = new Map(fabric.nodes.map(({ name, member }) => [name, member]));
  const existing = switchesOf(all, runDir, (node, { member }) => planned.get(node) === member);
  const taken = new Set(all.map(({ name }) => name));
  const here = rendered.filter(({ node }) => !silent.has(node.member ?? ""));
  return here.map(({ node, files: nodeFiles, routing }) => {
    const files = [...own, ...nodeFiles];
    const digests = { ...digestFiles(files), routing };
    const found = existing.get(node.name);
    const wanted = wantedInstance({ runDir, fabric, node, pool, image, tasks }, found, taken);
    const applied = appliedOf(found);
    const action = decide({
      running: found?.status === "Running",
      asWanted: isMadeAs(found, wanted),
      upToDate: applied?.all === digests.all,
    });
    return { node, action, existing: found, wanted, archive: archiveOf(files), digests, files, applied };
  });
}

/** Plans a switch's instance. One that stays keeps its name. */
function wantedInstance(
  request: Omit<InstanceRequest, "name">,
  found: Instance | undefined,
  taken: ReadonlySet<string>,
): NewInstance {
  const { runDir, node } = request;
  const others = new Set([...taken].filter((name) => name !== found?.name));
  const wanted = newInstance({ ...request, name: freeName(runDir, node.name, others) });
  return found !== undefined && isMadeAs(found, wanted) ? { ...wanted, name: found.name } : wanted;
}

/** Reports whether an instance is the wanted one, but for its files. */
export function isMadeAs(found: Instance | undefined, wanted: NewInstance): boolean {
  return found?.config[KEYS.made] === wanted.config[KEYS.made];
}

function decide(found: {
  readonly running: boolean;
  readonly asWanted: boolean;
  readonly upToDate: boolean;
}): NodeAction {
  return !found.running ? "start" : !found.asWanted ? "restart" : found.upToDate ? "keep" : "update";
}

function appliedOf(instance: Instance | undefined): FileDigests | undefined {
  const { all, byPath, routing } = fieldsOf(parseJson(instance?.config[KEYS.applied] ?? ""));
  return typeof all === "string" && isObject(byPath)
    ? { all, byPath: byPath as FileDigests["byPath"], ...(typeof routing === "string" ? { routing } : {}) }
    : undefined;
}
