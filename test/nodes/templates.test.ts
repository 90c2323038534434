import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { loadTemplates } from "../../src/nodes/templates.ts";
import { TEMPLATE_NAMES } from "../../src/render/templates.ts";
import { localHost } from "../../src/system/local-host.ts";
import { shippedTemplates } from "../render/site.ts";

const SHIPPED = new URL("../../templates", import.meta.url).pathname;
const host = localHost();
let own: string;

beforeEach(async () => {
  own = await mkdtemp(join(tmpdir(), "ikv-templates-"));
});

afterEach(async () => {
  await rm(own, { recursive: true });
});

async function put(name: string, text: string): Promise<void> {
  const path = join(own, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
}

describe("loading templates", () => {
  it("uses the shipped ones if the user has none", async () => {
    expect(await loadTemplates(host, SHIPPED, own)).toEqual(shippedTemplates);
    expect(await loadTemplates(host, SHIPPED, join(own, "nowhere"))).toEqual(shippedTemplates);
  });

  it("uses the user's own instead of the shipped one, and ignores editors' backup files", async () => {
    await put("system/motd.hbs", "mine\n");
    await put("system/hosts.hbs~", "{{#old");
    await put("system/.hosts.hbs.swp", "{{#newer");
    expect(await loadTemplates(host, SHIPPED, own)).toEqual({
      ...shippedTemplates,
      "system/motd.hbs": "mine\n",
    });
  });

  it("reports every unknown file and every one that can't be parsed", async () => {
    await put("system/motd.conf.hbs", "mine\n");
    await put("frr/frr.conf.hbs", "{{#each ports}}\n");
    const loading = loadTemplates(host, SHIPPED, own);
    await expect(loading).rejects.toThrow(ConfigError);
    await expect(loading).rejects.toMatchObject({
      problems: [
        { file: `${own}/frr/frr.conf.hbs`, message: expect.stringMatching(/Parse error on line 2/) },
        {
          file: `${own}/system/motd.conf.hbs`,
          message: expect.stringContaining("no such template"),
        },
      ],
    });
  });

  it("reports a template that is missing in the installation", async () => {
    await expect(loadTemplates(host, own, join(own, "nowhere"))).rejects.toThrow(
      `${own}/${TEMPLATE_NAMES[0]} is missing`,
    );
  });
});
