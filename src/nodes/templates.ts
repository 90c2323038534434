import { ConfigError, type ConfigProblem } from "../errors.ts";
import { TEMPLATE_NAMES, templateProblem } from "../render/templates.ts";
import type { TemplateSet } from "../render/types.ts";
import type { Host } from "../system/host.ts";
import { settleAll } from "../system/settle-all.ts";

/** Folder of the user's own templates, with the same subfolders as the shipped ones. */
export const TEMPLATE_OVERRIDES = "/etc/ikvswitch/templates";

/**
 * Reads all templates: the user's own if there is one, otherwise the shipped one.
 *
 * @param shipped folder of the shipped templates
 * @param overrides folder of the user's own; need not exist
 * @throws ConfigError naming every file in `overrides` that matches no template or can't be parsed
 */
export async function loadTemplates(
  host: Host,
  shipped: string,
  overrides: string = TEMPLATE_OVERRIDES,
): Promise<TemplateSet> {
  const own = await readOverrides(host, overrides);
  const entries = await settleAll(
    TEMPLATE_NAMES.map(async (name): Promise<[string, string]> => {
      const text = own[name] ?? (await host.readFile(`${shipped}/${name}`));
      if (text === undefined) {
        throw new Error(`${shipped}/${name} is missing; the installation of ikvswitch is incomplete`);
      }
      return [name, text];
    }),
  );
  return Object.fromEntries(entries);
}

/**
 * Reads the user's own templates. A file that matches no template would silently have no effect, which its author would
 * take long to find.
 */
async function readOverrides(host: Host, folder: string): Promise<TemplateSet> {
  const known: readonly string[] = TEMPLATE_NAMES;
  const texts: Record<string, string> = {};
  const problems: ConfigProblem[] = [];
  for (const { name, text } of await readFolder(host, folder)) {
    const problem = known.includes(name)
      ? templateProblem(text)
      : `no such template; choose from ${known.join(", ")}`;
    if (problem === null) {
      texts[name] = text;
    } else {
      problems.push({ file: `${folder}/${name}`, message: problem });
    }
  }
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return texts;
}

/**
 * Reads the templates of a folder, which are one level deep. Editors' backups (`name~`) and hidden files are ignored.
 */
async function readFolder(host: Host, folder: string): Promise<{ name: string; text: string }[]> {
  const found: { name: string; text: string }[] = [];
  for (const kind of visible(await host.list(folder))) {
    for (const file of visible(await host.list(`${folder}/${kind}`))) {
      const text = await host.readFile(`${folder}/${kind}/${file}`);
      if (text !== undefined) {
        found.push({ name: `${kind}/${file}`, text });
      }
    }
  }
  return found;
}

function visible(names: readonly string[]): string[] {
  return names.filter((name) => !name.startsWith(".") && !name.endsWith("~"));
}
