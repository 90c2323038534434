import type { Fabric } from "../../fabric/types.ts";
import { hasVlans } from "../../host/vlans.ts";
import { adoptPorts } from "../../hosts/adopt-ports.ts";
import { type ConnectedMember, connectMembers } from "../../hosts/connect.ts";
import { formatLost } from "../../hosts/lost-members.ts";
import type { Cluster } from "../../incus/client.ts";
import { trustedCluster } from "../../incus/connect.ts";
import { deleteInstance } from "../../incus/instances.ts";
import { listInstances } from "../../incus/list-instances.ts";
import { rememberServers } from "../../incus/trust.ts";
import type { RenderedNode } from "../../nodes/render-nodes.ts";
import { summary } from "../../nodes/summary.ts";
import type { Host } from "../../system/host.ts";
import type { Note } from "../../system/progress.ts";
import type { ComparedNode, CompareRequest, Preflight, Started, UpRequest } from "../model/backend.ts";
import { bringContainers } from "./bring.ts";
import { type CheckedCluster, checkCluster } from "./check-cluster.ts";
import { type ClusterFile, writeClusterFile } from "./cluster-file.ts";
import { endInstance } from "./end-instance.ts";
import { containerImage, ensureContainerImage } from "./image/build.ts";
import { type UploadedImage, uploadedImage, uploadImage } from "./image/upload.ts";
import { keepLeases } from "./leases.ts";
import { instanceName, isOfFabric, nodeOf } from "./names.ts";
import { type ContainerWork, fabricFor, prepareContainers, renderContainers } from "./prepare.ts";

interface ReadyCluster extends CheckedCluster {
  readonly cluster: Cluster;
  readonly vlans: boolean;
}

/** Checks the cluster, provides its image, and renders the switches' files. */
export async function prepareClusterUp(host: Host, request: UpRequest): Promise<Preflight> {
  const { progress, settings, product } = request;
  const ready = await progress.step(
    "Check the cluster",
    (note) => check(host, request, note),
    ({ engine, version, vlans, cluster }) =>
      `${engine} ${version} at ${cluster.name}${vlans ? "" : `; ${NO_VLANS}`}`,
  );
  const { cluster, vlans, lost, silent } = ready;
  const { pool } = settings.cluster;
  const fabric = fabricFor(request.fabric, vlans);
  const image = await progress.step(
    "Provide the containers' image",
    async (note) => {
      const { stateDir, image: wanted } = settings;
      const files = await ensureContainerImage(host, { stateDir, image: wanted, guest: product.guest, note });
      const members = membersOf(fabric).filter((name) => !silent.has(name));
      return uploadImage(host, cluster, files, { pool, members, note });
    },
    () => (lost.length === 0 ? "on every member" : "on every member that answers"),
  );
  const rendered = await progress.step(
    "Render configuration files",
    () => renderContainers(host, request, fabric),
    (nodes) => `of ${nodes.length} switches`,
  );
  return { lost, up: () => startSwitches(host, request, { ...ready, fabric, image, rendered }) };
}

const NO_VLANS =
  "a member's kernel has no 802.1Q, so server ports are untagged, without DHCP and layer 2 VLANs";

/** Warns of members that don't answer. */
async function check(host: Host, request: CheckedRequest, note: Note = () => {}): Promise<ReadyCluster> {
  const { settings, fabric, interrupted, onWarning } = request;
  const cluster = await trustedCluster(host, settings);
  const members = await connectMembers(host, fabric, settings);
  const checked = await checkCluster(cluster, { fabric, settings, members, note, interrupted });
  for (const line of formatLost(fabric, checked.lost)) {
    onWarning(line);
  }
  const used = new Set(membersOf(fabric).filter((name) => !checked.silent.has(name)));
  const vlans = await haveVlans(members.filter(({ part }) => used.has(part.member.name)));
  return { ...checked, cluster, vlans };
}

type CheckedRequest = CompareRequest & Pick<UpRequest, "interrupted">;

async function haveVlans(members: readonly ConnectedMember[]): Promise<boolean> {
  const found = await Promise.all(members.map(({ host }) => hasVlans(host)));
  return found.every((has) => has);
}

function membersOf({ nodes }: Pick<Fabric, "nodes">): readonly string[] {
  return [...new Set(nodes.flatMap(({ member }) => member ?? []))];
}

/** Compares the switches in the cluster with those that `up` would make. */
export async function compareCluster(host: Host, request: CompareRequest): Promise<readonly ComparedNode[]> {
  const { settings, product } = request;
  const { cluster, vlans, silent } = await check(host, request);
  const { pool } = settings.cluster;
  const fabric = fabricFor(request.fabric, vlans);
  const rendered = await renderContainers(host, request, fabric);
  const { stateDir } = settings;
  const files = await containerImage(host, { stateDir, image: settings.image, guest: product.guest });
  const image = await uploadedImage(cluster, files);
  const wanted = { settings, product, fabric, rendered, pool, image, silent };
  const work = await prepareContainers(host, cluster, wanted);
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
  const { cluster, fabric, vlans, silent, urls: members } = prepared;
  const { runDir, stateDir } = settings;
  return progress.step(
    "Start the switches",
    async (note) => {
      const { pool, urls, project } = settings.cluster;
      const work = await prepareContainers(host, cluster, { settings, product, pool, ...prepared });
      const switches = placesOf(fabric, runDir, work);
      await rememberServers(host, stateDir, cluster);
      const file = { stateDir, urls, project, pool, vlans, members, switches };
      await writeClusterFile(host, runDir, file);
      await deleteLeftovers(host, cluster, { pool, silent, runDir, work, switches, stateDir, onWarning });
      const outcomes = await bringContainers(host, cluster, { stateDir, work, note, onWarning });
      const connected = await connectMembers(host, fabric, settings);
      await adoptPorts(connected.filter(({ part }) => !silent.has(part.member.name)));
      return { outcomes, startServices: () => {} };
    },
    ({ outcomes }) => summary(Object.values(outcomes)),
  );
}

type Places = NonNullable<ClusterFile["switches"]>;

/** Returns where each planned switch is. Of those on lost members, the usual name is assumed. */
function placesOf(fabric: Fabric, runDir: string, work: readonly ContainerWork[]): Places {
  const names = new Map(work.map(({ node, wanted }) => [node.name, wanted.name]));
  return Object.fromEntries(
    fabric.nodes.map(({ name, member = "" }) => [
      name,
      { instance: names.get(name) ?? instanceName(runDir, name), member },
    ]),
  );
}

/**
 * Deletes switches that are no longer planned, and those that were moved from a lost member, which has returned. One
 * that is planned on a lost member stays where it was.
 */
async function deleteLeftovers(
  host: Host,
  cluster: Cluster,
  {
    pool,
    silent,
    runDir,
    work,
    switches,
    ...leases
  }: {
    readonly pool: string;
    readonly silent: ReadonlySet<string>;
    readonly runDir: string;
    readonly work: readonly ContainerWork[];
    readonly switches: Places;
    readonly stateDir: string;
    readonly onWarning: (text: string) => void;
  },
): Promise<void> {
  // Those that are made anew are deleted when their turn comes.
  const current = new Set(work.flatMap(({ existing }) => existing?.name ?? []));
  for (const instance of await listInstances(cluster, { pool, silent })) {
    const isNeeded = current.has(instance.name) || silent.has(switches[nodeOf(instance)]?.member ?? "");
    if (isOfFabric(instance, runDir) && !isNeeded) {
      await endInstance(cluster, instance);
      await keepLeases(host, cluster, instance, leases);
      await deleteInstance(cluster, instance.name);
    }
  }
}
