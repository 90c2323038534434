import type { Config } from "../config/types.ts";
import type { Fabric, Node } from "../fabric/types.ts";
import { renderNode } from "../render/render.ts";
import type { NodeFile, RenderOptions, TemplateSet } from "../render/types.ts";
import type { Host } from "../system/host.ts";
import { ensureIdentities } from "./identity.ts";
import { readOverrides } from "./save.ts";
import { siteFacts } from "./site-facts.ts";

export interface RenderedNode {
  readonly node: Node;
  readonly files: readonly NodeFile[];
}

/** All files of every node, with what users saved. Identities that don't exist yet are made and kept. */
export async function renderNodes(
  host: Host,
  {
    config,
    fabric,
    templates,
    options,
  }: {
    readonly config: Config;
    readonly fabric: Fabric;
    readonly templates: TemplateSet;
    readonly options?: RenderOptions;
  },
): Promise<readonly RenderedNode[]> {
  const identities = await ensureIdentities(host, config.STATE_DIR, fabric, config.VM_ROOT_PASS);
  const site = await siteFacts(host, config, identities);
  return Promise.all(
    fabric.nodes.map(async (node) => {
      const identity = identities.nodes[node.name];
      if (identity === undefined) {
        throw new Error(`${node.name} has no identity`);
      }
      const overrides = await readOverrides(host, config.STATE_DIR, node.name);
      return { node, files: renderNode(fabric, node, identity, site, templates, overrides, options) };
    }),
  );
}
