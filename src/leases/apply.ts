import type { Settings } from "../config/settings.ts";
import type { ServingLeaf } from "../fabric/reservations.ts";
import { renderNodes } from "../nodes/render-nodes.ts";
import { type RunningFabric, runnableFabric, runsPlan } from "../nodes/runs-plan.ts";
import { KEA_CONF } from "../render/dhcp.ts";
import type { TemplateSet } from "../render/types.ts";
import type { Host } from "../system/host.ts";
import { parseKeaAnswer } from "./kea-answer.ts";
import { askKea } from "./query.ts";

export interface ApplyRequest extends RunningFabric {
  readonly settings: Settings;
  readonly templates: TemplateSet;
}

/**
 * Gives a leaf's DHCP server the reservations of the plan, at once and for its next starts.
 * @returns false if the leaf is off or was brought up with another plan: it then gets them by its next `up`.
 * @throws CommandError if the DHCP server refuses them.
 */
export async function applyReservations(
  host: Host,
  request: ApplyRequest,
  leaf: ServingLeaf,
): Promise<boolean> {
  const { machines, settings, templates } = request;
  if (!(await runsPlan(host, request, leaf)) || (await machines.power(leaf.name)).power === "off") {
    return false;
  }
  const rendered = await renderNodes(host, { settings, templates, fabric: runnableFabric(request) });
  const files = rendered.find(({ node }) => node.name === leaf.name)?.files;
  const conf = files?.find(({ path }) => path === KEA_CONF);
  if (conf === undefined) {
    return false;
  }
  await machines.setStartFile(leaf.name, KEA_CONF, conf.content);
  await machines.push(leaf.name, KEA_CONF, Buffer.from(conf.content));
  parseKeaAnswer("config-reload", await askKea(machines, leaf.name, "config-reload"));
  return true;
}
