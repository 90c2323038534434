import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { untaggedFabric } from "../../src/fabric/untagged.ts";
import { contentOf, nodeOf, render } from "../render/site.ts";
import { configFrom } from "./config.ts";

const tagged = planFabric(configFrom());
const fabric = untaggedFabric(tagged);

describe("a fabric for a kernel without 802.1Q", () => {
  it("speaks BGP with servers on the ports themselves", () => {
    const files = render(fabric, nodeOf(fabric, "leaf1"));
    expect(contentOf(files, "/etc/frr/frr.conf")).toContain(" neighbor ens6 interface peer-group SERVERS");
    expect(contentOf(files, "/etc/frr/frr.conf")).not.toMatch(/ens\d+\.\d/);
  });

  it("has neither VLAN interfaces nor bridges in its leaves, and no DHCP", () => {
    for (const name of ["leaf1", "leaf2"]) {
      const files = render(fabric, nodeOf(fabric, name));
      expect(contentOf(files, "/etc/ikvswitch/network.batch")).not.toMatch(/type (vlan|bridge)/);
      expect(files.map(({ path }) => path)).not.toContain("/etc/kea/kea-dhcp4.conf");
    }
  });

  it("is otherwise the planned one, with unchanged files for spines and the internet router", () => {
    expect(fabric.links).toEqual(tagged.links);
    expect(fabric.sessions).toEqual(tagged.sessions);
    for (const name of ["internet", "spine1"]) {
      for (const path of ["/etc/frr/frr.conf", "/etc/ikvswitch/network.batch"]) {
        const planned = contentOf(render(tagged, nodeOf(tagged, name)), path);
        expect(contentOf(render(fabric, nodeOf(fabric, name)), path)).toBe(planned);
      }
    }
  });
});
