import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { fillTemplate, TEMPLATE_NAMES, templateProblem } from "../../src/render/templates.ts";
import { shippedConfig } from "../fabric/config.ts";
import { nodeOf, render, shippedTemplates, siteOf } from "./site.ts";

const fabric = planFabric(shippedConfig());

describe("templates", () => {
  it("fail on an undefined name, and the error names the template", () => {
    const templates = { ...shippedTemplates, "system/motd.hbs": "Welcome to {{hostnaem}}\n" };
    const rendering = () => render(fabric, nodeOf(fabric, "leaf1"), siteOf(fabric), templates);
    expect(rendering).toThrow(ConfigError);
    expect(rendering).toThrow(/^templates\/system\/motd\.hbs: .*"hostnaem" not defined/);
  });

  it("fail on an undefined name inside a block, too", () => {
    const templates = {
      ...shippedTemplates,
      "network/nics.hbs": "{{#each ports}}{{mac}} {{nmae}}\n{{/each}}",
    };
    expect(() => render(fabric, nodeOf(fabric, "leaf1"), siteOf(fabric), templates)).toThrow(
      /templates\/network\/nics\.hbs: "nmae" not defined/,
    );
  });

  it("can't call helpers that decide or compute", () => {
    const call = () =>
      fillTemplate({ "system/motd.hbs": "{{shout title}}" }, "system/motd.hbs", { title: "x" });
    expect(call).toThrow(ConfigError);
  });

  it("escape nothing, since no file is HTML", () => {
    const templates = { "system/motd.hbs": "{{title}}" };
    expect(fillTemplate(templates, "system/motd.hbs", { title: `<a> & "b"` })).toBe(`<a> & "b"`);
  });

  it("quote values for JSON", () => {
    const templates = { "kea/kea-dhcp4.conf.hbs": `{ "a": {{json value}} }` };
    const text = fillTemplate(templates, "kea/kea-dhcp4.conf.hbs", { value: `"\\\n` });
    expect(JSON.parse(text)).toEqual({ a: `"\\\n` });
  });

  it("that are missing are reported by name", () => {
    expect(() => fillTemplate({}, "system/motd.hbs", {})).toThrow(
      /templates\/system\/motd\.hbs: there is no/,
    );
  });

  it.each(TEMPLATE_NAMES)("%s as shipped has no error", (name) => {
    expect(templateProblem(shippedTemplates[name] ?? "{{")).toBeNull();
  });

  it("with a syntax error are reported with the line", () => {
    expect(templateProblem("one\n{{#each ports}}\n")).toMatch(/line 3/);
    expect(templateProblem("{{name")).toMatch(/line 1/);
  });
});
