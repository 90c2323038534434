import type { Settings } from "../config/settings.ts";
import type { Fabric, Node } from "../fabric/types.ts";
import { FRR_CONF, renderNode } from "../render/render.ts";
import { routingFacts } from "../render/routing-facts.ts";
import type { NodeFile, RenderOptions, TemplateSet } from "../render/types.ts";
import type { Host } from "../system/host.ts";
import { routingDigest } from "./applied-file.ts";
import { ensureIdentities } from "./identity.ts";
import { readSaved, unusedLine } from "./saved-routing.ts";
import { sharedSettings } from "./shared-settings.ts";
import { addFragments, readStartupFragments } from "./startup-fragments.ts";

export interface RenderedNode {
  readonly node: Node;
  readonly files: readonly NodeFile[];
  /** Digest of the plan's facts on which its routing depends, as in FileDigests. */
  readonly routing: string;
}

/** Renders all files of every node, with saved configurations. Identities that don't exist yet are made and kept. */
export async function renderNodes(
  host: Host,
  {
    settings,
    fabric,
    templates,
    options,
    onWarning = () => {},
  }: {
    readonly settings: Settings;
    readonly fabric: Fabric;
    readonly templates: TemplateSet;
    readonly options?: RenderOptions;
    /** Called for each saved configuration that is not used. */
    readonly onWarning?: (text: string) => void;
  },
): Promise<readonly RenderedNode[]> {
  const fragments = await readStartupFragments(host, settings.startupDir, fabric);
  const identities = await ensureIdentities(host, settings.stateDir, fabric, settings.rootPassword);
  const site = await sharedSettings(host, settings, identities);
  return Promise.all(
    fabric.nodes.map(async (node) => {
      const identity = identities.nodes[node.name];
      if (identity === undefined) {
        throw new Error(`${node.name} has no identity`);
      }
      const facts = routingFacts(fabric, node);
      const saved = await readSaved(host, settings.stateDir, node.name, facts);
      if (saved.kind === "unfit") {
        onWarning(unusedLine(node.name, saved.reason));
      }
      const overrides = saved.kind === "fits" ? { [FRR_CONF]: saved.frrConf } : {};
      const rendered = renderNode(fabric, node, identity, site, templates, overrides, options);
      // What was saved has the fragment that the switch ran with.
      const own = (fragments.get(node.name) ?? []).filter(({ path }) => !(path in overrides));
      const files = addFragments(rendered, own);
      return { node, files, routing: routingDigest(facts) };
    }),
  );
}
