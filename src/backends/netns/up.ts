import type { Fabric } from "../../fabric/types.ts";
import { untaggedFabric } from "../../fabric/untagged.ts";
import type { Finding } from "../../host/findings/finding.ts";
import { checkHostNetwork } from "../../host/start.ts";
import { hasVlans } from "../../host/vlans.ts";
import { checkFabricRoom } from "../../nodes/check-room.ts";
import { leftoverNodes } from "../../nodes/leftovers.ts";
import { type RenderedNode, renderNodes } from "../../nodes/render-nodes.ts";
import { summary } from "../../nodes/summary.ts";
import { loadTemplates } from "../../nodes/templates.ts";
import type { Host } from "../../system/host.ts";
import { checkTogether } from "../../system/preflight.ts";
import type { ProductFolders } from "../../system/product-path.ts";
import type { ComparedNode, CompareRequest, Preflight, Started, UpRequest } from "../model/backend.ts";
import { bringAllNetns } from "./bring.ts";
import type { ProgramFolders } from "./files.ts";
import { checkLldp } from "./lldp-finding.ts";
import { checkNetnsHost, type NetnsHost } from "./preflight.ts";
import { NETNS_OPTIONS, prepareNetns } from "./prepare.ts";
import { endNetns } from "./stop.ts";

/** Most space that the files of a netns take in RUN_DIR. */
const RUN_MIB = 0.5;

/** Checks the requirements of switches as namespaces, and renders their files. */
export async function prepareNetnsUp(host: Host, request: UpRequest): Promise<Preflight> {
  const { progress, onWarning } = request;
  const { vlans, network, lldp } = await progress.step(
    "Check this host",
    () => checkMachine(host, request),
    (found) => (found.vlans ? "network namespaces" : NO_VLANS),
  );
  if (lldp.status === "optional-missing") {
    onWarning(`${lldp.detail}; ${lldp.fix}`);
  }
  const fabric = vlans ? request.fabric : untaggedFabric(request.fabric);
  const rendered = await progress.step(
    "Render configuration files",
    () => render(host, request, fabric),
    (nodes) => `of ${nodes.length} switches`,
  );
  return { network, up: () => startSwitches(host, request, { fabric, rendered, vlans }) };
}

const NO_VLANS =
  "network namespaces; this kernel has no 802.1Q, so server ports are untagged, without DHCP and layer 2 VLANs";

async function checkMachine(
  host: Host,
  { settings, fabric }: UpRequest,
): Promise<NetnsHost & Required<Pick<Preflight, "network">> & { readonly lldp: Finding }> {
  const [found, lldp, network] = await checkTogether(
    checkNetnsHost(host, fabric),
    checkLldp(host),
    checkHostNetwork(host, fabric, settings),
    checkFabricRoom(host, { settings, runMiB: RUN_MIB, nodes: fabric.nodes }),
  );
  return { ...found, lldp, network };
}

async function render(
  host: Host,
  { settings, product, onWarning }: CompareRequest,
  fabric: Fabric,
): Promise<readonly RenderedNode[]> {
  const templates = await loadTemplates(host, product.templates);
  return renderNodes(host, { settings, fabric, templates, options: NETNS_OPTIONS, onWarning });
}

/** Compares the running switches with those that `up` would make. */
export async function compareNetns(host: Host, request: CompareRequest): Promise<readonly ComparedNode[]> {
  const { settings, product } = request;
  const vlans = await hasVlans(host);
  const fabric = vlans ? request.fabric : untaggedFabric(request.fabric);
  const rendered = await render(host, request, fabric);
  const work = await prepareNetns(host, {
    ...{ settings, fabric, rendered, vlans },
    folders: programFolders(product),
  });
  return work.map(({ node, action, files, applied }) => ({
    name: node.name,
    action,
    rendered: files,
    applied,
  }));
}

function programFolders({ libexec, guest }: ProductFolders): ProgramFolders {
  return { library: `${libexec}/sandbox`, guest };
}

/** Starts the switches on a host whose links exist, except the ends inside the switches. */
function startSwitches(
  host: Host,
  { settings, product, progress, onWarning }: UpRequest,
  prepared: {
    readonly fabric: Fabric;
    readonly rendered: readonly RenderedNode[];
    readonly vlans: boolean;
  },
): Promise<Started> {
  const folders = programFolders(product);
  return progress.step(
    "Start the switches",
    async (note) => {
      const work = await prepareNetns(host, { ...prepared, settings, folders });
      // Includes processes whose start was interrupted.
      const leftovers = await leftoverNodes(host, settings.runDir, prepared.fabric);
      await endNetns(host, settings.runDir, leftovers, onWarning);
      const outcomes = await bringAllNetns(host, settings.runDir, work, note);
      return { outcomes, startServices: () => {} };
    },
    ({ outcomes }) => summary(Object.values(outcomes)),
  );
}
