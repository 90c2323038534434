import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { findBackend, runningBackend } from "../backends/find.ts";
import type { Backends, ComparedNode, CompareRequest } from "../backends/model/backend.ts";
import { observeFaults } from "../faults/active-faults.ts";
import { faultLines } from "../faults/format.ts";
import { hostNetworkSettings } from "../host/start.ts";
import { networkHosts } from "../hosts/network-host.ts";
import { leftoverNodes } from "../nodes/leftovers.ts";
import type { Machines } from "../nodes/machines.ts";
import type { NodeAction } from "../nodes/outcome.ts";
import { type ChangedFile, compareDigests, digestFiles } from "../render/hash.ts";
import { isSecret } from "../render/is-secret.ts";
import { mapAtOnce } from "../system/at-once.ts";
import type { Host } from "../system/host.ts";
import { summarizeStarts } from "./format-net.ts";
import { startNetworks } from "./net.ts";

/** What `up` would change. */
export interface UpPreview {
  /** True if it would change nothing. */
  readonly asPlanned: boolean;
  /** The backend whose switches would be stopped first; null if none. */
  readonly otherBackend: string | null;
  /** The host network, in a line: `2 devices created`; with HOSTS that of each member, after its name. */
  readonly network: string;
  /** Without switches that would be kept as they are. */
  readonly nodes: readonly NodePreview[];
  /** Injected faults that would be cleared, a line each. */
  readonly faults: readonly string[];
}

export interface NodePreview {
  readonly name: string;
  /** `stop`: the plan has no such switch. */
  readonly action: Exclude<NodeAction, "keep"> | "stop";
  readonly files: readonly FilePreview[];
}

export interface FilePreview extends ChangedFile {
  /** A unified diff; null for a secret or binary file, and for one that can't be read. */
  readonly diff: string | null;
}

export interface PreviewRequest extends CompareRequest {
  readonly backends: Backends;
  readonly keepFaults: boolean;
}

/** Returns what `up` would change. Changes nothing, but makes identities of switches that have none yet. */
export async function previewUp(host: Host, request: PreviewRequest): Promise<UpPreview> {
  const { settings, fabric, backends, keepFaults, onWarning } = request;
  const { runDir } = settings;
  const backend = await findBackend(backends, settings.backend);
  const running = await runningBackend(host, { runDir, backends });
  const isOther = running !== undefined && running.name !== backend.name;
  const machines = await backend.nodes(host, runDir);
  const hosts = await networkHosts(host, fabric, settings);
  const [compared, leftovers, faults, network] = await Promise.all([
    backend.compare(host, request),
    leftoverNodes(host, runDir, fabric),
    keepFaults ? [] : observeFaults(hosts, fabric, machines).then(faultLines),
    startNetworks(
      host,
      { settings, fabric, switchPorts: await backend.switchPorts(host, runDir) },
      { ...(await hostNetworkSettings(host, settings)), keepFaults, dryRun: true, onWarning },
    ),
  ]);
  const changed = compared
    .filter(({ action }) => action !== "keep")
    // Files of another backend's switches are no former state of these.
    .map((node) => (isOther ? { ...node, applied: undefined } : node));
  const nodes = [
    ...(await mapAtOnce(changed, machines.patience.atOnce, (node) => previewNode(machines, node))),
    ...leftovers.map((name): NodePreview => ({ name, action: "stop", files: [] })),
  ];
  const isNetworkUnchanged = network.every(({ result }) => result.changes.length === 0);
  const isUnchanged = nodes.length === 0 && isNetworkUnchanged && faults.length === 0;
  return {
    asPlanned: isUnchanged && !isOther,
    otherBackend: isOther ? running.name : null,
    network: summarizeStarts(network),
    nodes,
    faults,
  };
}

async function previewNode(
  machines: Machines,
  { name, action, rendered, applied }: ComparedNode,
): Promise<NodePreview> {
  const digests = digestFiles(rendered);
  // A switch that starts anew gets all its files anew, too; without knowing the old ones there is nothing to compare.
  const changes = applied === undefined ? [] : compareDigests(applied, digests);
  const canRead = (await machines.power(name)).power === "on" && !(await machines.isFrozen(name));
  const files = await mapAtOnce(changes, 1, async (change): Promise<FilePreview> => {
    const after = rendered.find(({ path }) => path === change.path);
    if (after === undefined || isSecret(after) || !canRead) {
      return { ...change, diff: null };
    }
    const before = change.change === "added" ? "" : await readText(machines, name, change.path);
    return { ...change, diff: before === null ? null : diffOf(change.path, before, after.content) };
  });
  return { name, action: action === "keep" ? "update" : action, files };
}

/** Null if it is not a text that can be read. */
async function readText(machines: Machines, name: string, path: string): Promise<string | null> {
  const bytes = await machines.pull(name, path).catch(() => null);
  return bytes === null || bytes.includes(0) ? null : new TextDecoder().decode(bytes);
}

function diffOf(path: string, before: string, after: string): string {
  return createTwoFilesPatch(path, path, before, after, undefined, undefined, {
    context: 2,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
