import type { Fabric } from "../../fabric/types.ts";
import { hasVlans } from "../../host/vlans.ts";
import { adoptPorts } from "../../hosts/adopt-ports.ts";
import { connectMembers } from "../../hosts/connect.ts";
import type { Cluster } from "../../incus/client.ts";
import { trustedCluster } from "../../incus/connect.ts";
import { deleteInstance, instances } from "../../incus/instances.ts";
import type { RenderedNode } from "../../nodes/render-nodes.ts";
import { summary } from "../../nodes/summary.ts";
import type { Host } from "../../system/host.ts";
import type { ComparedNode, CompareRequest, Preflight, Started, UpRequest } from "../model/backend.ts";
import { bringContainers } from "./bring.ts";
import { type CheckedCluster, checkCluster } from "./check-cluster.ts";
import { writeClusterFile } from "./cluster-file.ts";
import { containerImage, ensureContainerImage } from "./image/build.ts";
import { type UploadedImage, uploadedImage, uploadImage } from "./image/upload.ts";
import { keepLeases } from "./leases.ts";
import { switchesOf } from "./names.ts";
import { fabricFor, prepareContainers, renderContainers } from "./prepare.ts";

interface ReadyCluster extends CheckedCluster {
  readonly cluster: Cluster;
  readonly vlans: boolean;
}

/** Checks the cluster, provides its image, and renders the switches' files. */
export async function prepareClusterUp(host: Host, request: UpRequest): Promise<Preflight> {
  const { progress, settings, product } = request;
  const ready = await progress.step(
    "Check the cluster",
    () => check(host, request),
    ({ engine, version, vlans, cluster }) =>
      `${engine} ${version} at ${cluster.name}${vlans ? "" : `; ${NO_VLANS}`}`,
  );
  const { cluster, vlans } = ready;
  const { pool } = settings.cluster;
  const fabric = fabricFor(request.fabric, vlans);
  const image = await progress.step(
    "Provide the containers' image",
    async (note) => {
      const { stateDir, image: wanted } = settings;
      const files = await ensureContainerImage(host, { stateDir, image: wanted, guest: product.guest, note });
      return uploadImage(host, cluster, files, { pool, members: membersOf(fabric), note });
    },
    () => "on every member",
  );
  const rendered = await progress.step(
    "Render configuration files",
    () => renderContainers(host, request, fabric),
    (nodes) => `of ${nodes.length} switches`,
  );
  return { up: () => startSwitches(host, request, { ...ready, fabric, image, rendered }) };
}

const NO_VLANS =
  "a member's kernel has no 802.1Q, so server ports are untagged, without DHCP and layer 2 VLANs";

async function check(host: Host, { settings, fabric }: CompareRequest): Promise<ReadyCluster> {
  const cluster = await trustedCluster(host, settings);
  const checked = await checkCluster(cluster, fabric, settings);
  return { ...checked, cluster, vlans: await membersHaveVlans(host, { settings, fabric }) };
}

async function membersHaveVlans(
  host: Host,
  { settings, fabric }: Pick<CompareRequest, "settings" | "fabric">,
): Promise<boolean> {
  const members = await connectMembers(host, fabric, settings);
  const used = new Set(membersOf(fabric));
  const found = await Promise.all(
    members.filter(({ part }) => used.has(part.member.name)).map((member) => hasVlans(member.host)),
  );
  return found.every((has) => has);
}

function membersOf({ nodes }: Pick<Fabric, "nodes">): readonly string[] {
  return [...new Set(nodes.flatMap(({ member }) => member ?? []))];
}

/** Compares the switches in the cluster with those that `up` would make. */
export async function compareCluster(host: Host, request: CompareRequest): Promise<readonly ComparedNode[]> {
  const { settings, product } = request;
  const { cluster, vlans } = await check(host, request);
  const { pool } = settings.cluster;
  const fabric = fabricFor(request.fabric, vlans);
  const rendered = await renderContainers(host, request, fabric);
  const { stateDir, image: wanted } = settings;
  const files = await containerImage(host, { stateDir, image: wanted, guest: product.guest });
  const image = await uploadedImage(cluster, files);
  const work = await prepareContainers(host, cluster, { settings, product, fabric, rendered, pool, image });
  return work.map(({ node, action, files: own, applied }) => ({
    name: node.name,
    action,
    rendered: own,
    applied,
  }));
}

/** Starts the switches on members whose bridges exist. */
function startSwitches(
  host: Host,
  { settings, product, progress, onWarning }: UpRequest,
  prepared: ReadyCluster & {
    readonly fabric: Fabric;
    readonly image: UploadedImage;
    readonly rendered: readonly RenderedNode[];
  },
): Promise<Started> {
  const { cluster, fabric, vlans } = prepared;
  const { runDir, stateDir } = settings;
  return progress.step(
    "Start the switches",
    async (note) => {
      const { pool, urls, project } = settings.cluster;
      await writeClusterFile(host, runDir, { stateDir, urls, project, pool, vlans });
      await deleteLeftovers(host, cluster, { fabric, runDir, stateDir, onWarning });
      const work = await prepareContainers(host, cluster, { settings, product, pool, ...prepared });
      const outcomes = await bringContainers(host, cluster, { stateDir, work, note, onWarning });
      await adoptPorts(await connectMembers(host, fabric, settings));
      return { outcomes, startServices: () => {} };
    },
    ({ outcomes }) => summary(Object.values(outcomes)),
  );
}

/** Deletes switches that are no longer planned. */
async function deleteLeftovers(
  host: Host,
  cluster: Cluster,
  {
    fabric,
    runDir,
    ...leases
  }: {
    readonly fabric: Fabric;
    readonly runDir: string;
    readonly stateDir: string;
    readonly onWarning: (text: string) => void;
  },
): Promise<void> {
  const planned = new Set(fabric.nodes.map(({ name }) => name));
  for (const [node, instance] of switchesOf(await instances(cluster), runDir)) {
    if (!planned.has(node)) {
      await keepLeases(host, cluster, instance, leases);
      await deleteInstance(cluster, instance.name);
    }
  }
}
