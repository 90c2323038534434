/**
 * Writes documents as YAML 1.2 that YAML 1.1 parsers read alike. Strings are quoted unless they are plain in both, and
 * texts of several lines are literal blocks.
 * @param documents values of JSON; members that are undefined are left out
 */
export function formatYaml(documents: readonly object[]): string {
  return documents.map((document) => `---\n${block(document, "").replace(/^\n/, "")}\n`).join("");
}

/** Returns the text after a key's colon, a list's dash or the document's start. */
function block(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    return value.length === 0
      ? " []"
      : value.map((item) => `\n${indent}-${inList(block(item, `${indent}  `))}`).join("");
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return members.length === 0
      ? " {}"
      : members
          .map(([key, member]) => `\n${indent}${scalar(key)}:${block(member, nested(member, indent))}`)
          .join("");
  }
  return typeof value === "string" && isText(value) ? literal(value, indent) : ` ${scalar(value)}`;
}

/** A list's dashes are in the column of its key, as kubectl writes them. */
function nested(member: unknown, indent: string): string {
  return Array.isArray(member) ? indent : `${indent}  `;
}

/** An object in a list begins in the line of the dash. */
function inList(text: string): string {
  return text.replace(/^\n\s*/, " ");
}

/** Reports whether a literal block can hold a text: lines of printable ASCII, the first of which is not indented. */
function isText(value: string): boolean {
  return /^[!-~][ -~]*(\n[ -~]*)*$/.test(value) && value.includes("\n") && !value.endsWith("\n\n");
}

function literal(value: string, indent: string): string {
  const body = value.endsWith("\n") ? value.slice(0, -1) : value;
  const lines = body.split("\n").map((line) => (line === "" ? "" : `${indent}${line}`));
  return ` ${value.endsWith("\n") ? "|" : "|-"}\n${lines.join("\n")}`;
}

function scalar(value: unknown): string {
  if (typeof value === "string") {
    return isPlain(value) ? value : quote(value);
  }
  if (value === null || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) {
    return String(value);
  }
  throw new TypeError(`YAML of JSON has no ${typeof value}`);
}

/** Words that YAML 1.1 reads as booleans or null. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** Begins with a letter, so that it is no number, date or sexagesimal. */
function isPlain(value: string): boolean {
  return /^[A-Za-z][A-Za-z0-9./_-]*$/.test(value) && !RESERVED.test(value);
}

/** JSON's strings are strings of YAML, once they are ASCII: YAML ends lines at some characters beyond. */
function quote(value: string): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
