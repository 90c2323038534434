import Handlebars from "handlebars";
import { ConfigError } from "../errors.ts";
import type { TemplateSet } from "./types.ts";

/** All templates, by their path below `templates/`, which is also their name in messages. */
export const TEMPLATE_NAMES = [
  "frr/frr.conf.hbs",
  "kea/kea-dhcp4.conf.hbs",
  "kea/kea-dhcp6.conf.hbs",
  "lldpd/lldpd.conf.hbs",
  "network/bridge.batch.hbs",
  "network/ip6tables.hbs",
  "network/modules.hbs",
  "network/network.batch.hbs",
  "network/nics.hbs",
  "network/sysctl.conf.hbs",
  "network/uplink.nft.hbs",
  "ssh/authorized_keys.hbs",
  "ssh/ssh_known_hosts.hbs",
  "ssh/sshd.conf.hbs",
  "system/hosts.hbs",
  "system/motd.hbs",
  "system/resolv.conf.hbs",
] as const;

export type TemplateName = (typeof TEMPLATE_NAMES)[number];

type Template = (context: object) => string;

/** Compiled once: compiling costs more than rendering, and a large fabric renders each template hundreds of times. */
const compiled = new WeakMap<TemplateSet, Map<TemplateName, Template>>();

/**
 * Fills in one template. A name that the context lacks is an error, not an empty string.
 * @throws ConfigError naming the template, since it may be the user's own.
 */
export function fillTemplate(templates: TemplateSet, name: TemplateName, context: object): string {
  try {
    return template(templates, name)(context);
  } catch (error) {
    throw new ConfigError([{ file: `templates/${name}`, message: reason(error) }]);
  }
}

/** Returns the syntax error of a template with its position; null if there is none. */
export function templateProblem(text: string): string | null {
  try {
    Handlebars.precompile(text, OPTIONS);
    return null;
  } catch (error) {
    return reason(error);
  }
}

const OPTIONS = {
  strict: true,
  // None of the files is HTML.
  noEscape: true,
  // Helpers could contain logic; `json` only formats, and the built-in blocks only follow the context.
  knownHelpersOnly: true,
  knownHelpers: { json: true },
} as const;

const handlebars = Handlebars.create();
handlebars.registerHelper("json", (value: unknown) => JSON.stringify(value));

function template(templates: TemplateSet, name: TemplateName): Template {
  const known = compiled.get(templates) ?? new Map<TemplateName, Template>();
  compiled.set(templates, known);
  const found = known.get(name) ?? compile(templates, name);
  known.set(name, found);
  return found;
}

function compile(templates: TemplateSet, name: TemplateName): Template {
  const text = templates[name];
  if (text === undefined) {
    throw new Error("there is no such template");
  }
  return handlebars.compile(text, OPTIONS);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
