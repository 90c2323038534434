import { imageSource, nodeDisk } from "../../../image/source.ts";
import { renderNodes } from "../../../nodes/render-nodes.ts";
import { loadTemplates } from "../../../nodes/templates.ts";
import { chooseAccelerator } from "../../../qemu/accel.ts";
import type { Host } from "../../../system/host.ts";
import type { ComparedNode, CompareRequest } from "../../model/backend.ts";
import { readApplied } from "../deliver.ts";
import { nodeFolder } from "../node-folder.ts";
import { checkSwitchHost } from "../preflight.ts";
import { prepareNodes } from "../prepare.ts";
import { machinePid } from "../process.ts";

/**
 * Compares the running switches with those that `up` would make. Without the image, which only `up` builds, none of the
 * running ones can stay.
 */
export async function compareMachines(host: Host, request: CompareRequest): Promise<readonly ComparedNode[]> {
  const { settings, fabric, product, onWarning } = request;
  const templates = await loadTemplates(host, product.templates);
  const switchHost = await checkSwitchHost(host, settings.emulatorUser, []);
  const boot = await imageSource(host, settings, product.guest).find(switchHost.architecture);
  if (boot === undefined) {
    const rendered = await renderNodes(host, { settings, fabric, templates, onWarning });
    return Promise.all(
      rendered.map(async ({ node: { name }, files }): Promise<ComparedNode> => {
        const folder = nodeFolder(settings.runDir, name);
        const isRunning = (await machinePid(host, folder)) !== undefined;
        const applied = await readApplied(host, folder);
        return { name, action: isRunning ? "restart" : "start", rendered: files, applied };
      }),
    );
  }
  const { stateDir } = settings;
  const { accelerator } = await chooseAccelerator(host, { ...switchHost, wanted: settings.accel, stateDir });
  const work = await prepareNodes(host, {
    ...{ settings, fabric, templates, switchHost, accelerator, boot, nodeDisk, onWarning },
  });
  return work.map(({ node, action, files, applied }) => ({
    name: node.name,
    action,
    rendered: files,
    applied,
  }));
}
