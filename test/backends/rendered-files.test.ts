import { expect, it } from "vitest";
import { NETNS_OPTIONS } from "../../src/backends/netns/prepare.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { renderNode } from "../../src/render/render.ts";
import { shippedConfig } from "../fabric/config.ts";
import { identityOf, shippedTemplates, siteOf } from "../render/site.ts";

it("switches of both backends get the same files, except for those about password logins", () => {
  const fabric = planFabric(shippedConfig());
  for (const node of fabric.nodes) {
    const machine = renderNode(fabric, node, identityOf(node), siteOf(fabric), shippedTemplates);
    const netns = renderNode(
      fabric,
      node,
      identityOf(node),
      siteOf(fabric),
      shippedTemplates,
      {},
      NETNS_OPTIONS,
    );
    const different = machine
      .filter((file) => netns.find(({ path }) => path === file.path)?.content !== file.content)
      .map(({ path }) => path);
    expect(different).toEqual(["/etc/ikvswitch/root.hash", "/etc/ssh/sshd_config.d/00-ikvswitch.conf"]);
    expect(netns.filter(({ path }) => !machine.some((file) => file.path === path))).toEqual([]);
  }
});
