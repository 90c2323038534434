import { type Choices, typeOfKey } from "./choices.ts";
import type { AnySpec, FamilySpec } from "./keys/key-spec.ts";
import { KEYS, SECTIONS } from "./keys/table.ts";
import { isFamily, numberedKey } from "./keys.ts";
import { wrapText } from "./wrap.ts";

const WIDTH = 78;

const INTRO =
  "Configuration of ikvswitch. It has a shell's syntax, with $NAME for another key's value and " +
  "$(( … )) for arithmetic, but it is never executed. A key that is left out has the value shown here, unless its comment says otherwise. " +
  "`ikvswitch config show` prints all values with their origin, `ikvswitch config validate` lists all mistakes.";

/** Renders the commented configuration file with every key: the shipped file and `config template`. */
export function renderTemplate(choices: Choices = {}): string {
  const sections = SECTIONS.map(({ title, intro, keys }) => {
    const entries = Object.entries(keys).map(
      ([key, spec]) => `${comment(describe(key, spec, choices))}\n${assign(key, spec)}\n`,
    );
    return `${heading(title)}\n${comment(intro)}\n\n${entries.join("\n")}`;
  });
  return `${comment(INTRO)}\n\n${sections.join("\n")}`;
}

/** Returns the numbers of a family's keys in the shipped file: 1 to the default of its count. */
export function shippedNumbers(spec: FamilySpec): number[] {
  return Array.from({ length: Number(KEYS[spec.family.count].default) }, (_, index) => index + 1);
}

/** Describes the valid values of a key: `a whole number from 1280 to 9216, in bytes`. */
export function describeValue(key: string, spec: AnySpec, choices: Choices): string {
  const unit = isFamily(spec) || spec.unit === undefined ? "" : `, in ${spec.unit}`;
  return `${typeOfKey(key, spec, choices).description}${unit}`;
}

/** Describes the meaning of a key; `{n}` stands for the number in a family. */
export function describeKey(spec: AnySpec): string {
  const hint = spec.hint === undefined ? "" : ` ${spec.hint}`;
  return `${spec.help}${hint}`.replaceAll("{n}", "n");
}

function describe(key: string, spec: AnySpec, choices: Choices): string {
  const leftOut =
    isFamily(spec) || spec.shipped === undefined ? "" : `\nIf it is left out: ${spec.default || "empty"}.`;
  return `${describeKey(spec)}\nValue: ${describeValue(key, spec, choices)}.${leftOut}`;
}

function assign(key: string, spec: AnySpec): string {
  if (!isFamily(spec)) {
    return `${key}=${spec.shipped ?? spec.default}`;
  }
  return shippedNumbers(spec)
    .map((number) => `${numberedKey(spec, number)}=${spec.family.defaultOf(number) ?? ""}`)
    .join("\n");
}

function heading(title: string): string {
  return `# ==== ${title} ${"=".repeat(WIDTH - title.length - 8)}\n#`;
}

function comment(text: string): string {
  return text
    .split("\n")
    .flatMap((line) => wrapText(line, WIDTH - 2))
    .map((line) => `# ${line}`)
    .join("\n");
}
