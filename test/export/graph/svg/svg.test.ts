import { describe, expect, it } from "vitest";
import { renderSvg } from "../../../../src/export/graph/svg/svg.ts";
import { planFabric } from "../../../../src/fabric/plan.ts";
import { configFrom, ROOMY } from "../../../fabric/config.ts";
import { expectGolden } from "../../../golden.ts";
import { all, linkTitles, readXml } from "./read-xml.ts";

const shipped = planFabric(configFrom());

describe("the picture", () => {
  it.each<[string, readonly string[]]>([
    ["as shipped", []],
    ["of the smallest fabric", ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=3"]],
    ["of 16 racks", [...ROOMY, "NUM_RACKS=16", "NUM_SPINES=9", "NUM_U=24"]],
  ])("%s shows every switch, rack and position by name, and every link once", (_, lines) => {
    const fabric = planFabric(configFrom(...lines));
    const picture = readXml(renderSvg(fabric));
    const texts = all(picture, "text").map((element) => element.text);
    for (const node of fabric.nodes) {
      expect(texts).toContain(node.name);
      expect(texts).toContain(String(node.loopback));
      expect(texts).toContain(`AS ${node.asn}`);
    }
    for (const rack of fabric.racks) {
      expect(texts).toContain(`rack ${rack.number}`);
    }
    const taps = fabric.links.flatMap((link) =>
      link.interfaces.flatMap(({ name, end }) => (end.kind === "server" ? [name] : [])),
    );
    expect(taps.filter((tap) => !texts.includes(tap))).toEqual([]);
    expect(linkTitles(picture).map((title) => title.split("\n")[0])).toEqual(
      fabric.links.map((link) => `bridge ${link.bridge.name}`),
    );
  });

  it("has the names and ends of a link's interfaces", () => {
    expect(linkTitles(readXml(renderSvg(shipped)))).toContain(
      "bridge iksb24\nikst24: spine2 ens7\niklt32: leaf3 ens5\nMTU 9000",
    );
  });

  it("draws each spine's links in a colour of their own, on light and dark backgrounds", () => {
    const text = renderSvg(shipped);
    const links = all(readXml(text), "g").filter((g) =>
      (g.attributes.class ?? "").startsWith("link node-link"),
    );
    const countOf = (spine: string) => links.filter((g) => g.attributes.class?.endsWith(` ${spine}`)).length;
    // Seven links each, and one line of the legend.
    expect([countOf("s1"), countOf("s2"), links.length]).toEqual([8, 8, 16]);
    const [light = "", dark = ""] = text.split("@media (prefers-color-scheme: dark)");
    const colours = [light, dark].flatMap((part) => [...part.matchAll(/\.s\d \.line[^}]*stroke: (#\w+)/g)]);
    expect(new Set(colours.map((match) => match[1])).size).toBe(18);
  });

  it("escapes any text in names", () => {
    const domain = `a<b>&"c"'d'\u0000`;
    const picture = readXml(renderSvg({ ...shipped, domain }));
    expect(all(picture, "title")[0]?.text).toBe(`Topology of a<b>&"c"'d'`);
  });

  it("shortens a name that does not fit beside the host", () => {
    const texts = all(readXml(renderSvg({ ...shipped, domain: "x".repeat(253) })), "text");
    const title = texts.find((element) => element.attributes.class === "title");
    expect(title?.text).toMatch(/^x{20,60}…$/);
  });

  it("of the shipped fabric is the one in the documentation", () => {
    expectGolden("../../docs/fabric.svg", renderSvg(shipped));
  });

  it("is the same for the same fabric", () => {
    const again = planFabric(configFrom());
    expect(renderSvg(again)).toBe(renderSvg(shipped));
  });
});
